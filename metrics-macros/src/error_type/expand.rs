use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Field, Ident, Member, spanned::Spanned};

use super::spec::{Class, Effect, Spec};
use crate::attribute::at;

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, variants } = spec;
    let private = runtime.private();
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let inner = |variant: &Ident, field: &Field, method: TokenStream| {
        let member = field.ident.clone().map_or_else(|| Member::Unnamed(0.into()), Member::Named);
        // The position of the field's type: the compiler reports there that the inner error has no
        // class.
        //
        // Each `&` is a step of method lookup, which takes the first implementation that fits: for
        // a type with a class, for an error, for a type that holds a `dyn Error`. A macro cannot
        // see which traits a type implements, and this selects the class without specialization.
        quote_spanned! {at(field.ty.span())=>
            Self::#variant { #member: __osapi_inner } => #runtime::ErrorType::#method(
                &(&&&&#private::InnerError(__osapi_inner)).__osapi_inner_class(),
            ),
        }
    };
    let uses = variants.iter().any(|(_, class)| matches!(class, Class::Inner(_))).then(|| {
        quote! {
            #[allow(unused_imports)]
            use #private::InnerErrorClass as _;
        }
    });
    let registration = registration(spec);
    let types = variants.iter().map(|(variant, class)| match class {
        Class::Named { name, .. } => quote!(Self::#variant { .. } => #name,),
        Class::Inner(field) => inner(variant, field, quote!(error_type)),
    });
    let statuses: Vec<_> = variants
        .iter()
        .filter_map(|(variant, class)| {
            let status = match class {
                Class::Named { effect: Effect::Failure, .. } => return None,
                Class::Named { effect: Effect::Timeout, .. } => quote!(TimedOut),
                Class::Named { effect: Effect::Benign, .. } => quote!(Completed),
                Class::Inner(field) => return Some(inner(variant, field, quote!(job_status))),
            };
            Some(quote!(Self::#variant { .. } => #runtime::JobStatus::#status,))
        })
        .collect();
    let job_status = (!statuses.is_empty()).then(|| {
        quote! {
            #[allow(clippy::match_same_arms)]
            fn job_status(&self) -> #runtime::JobStatus {
                #uses
                #[allow(unreachable_patterns)]
                match self {
                    #(#statuses)*
                    _ => #runtime::JobStatus::Failed,
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::ErrorType for #ident #ty_generics #where_clause {
            fn error_type(&self) -> &'static ::core::primitive::str {
                #uses
                #[allow(unreachable_patterns)]
                match self {
                    #(#types)*
                    // Reachable only if an invalid variant was left out.
                    _ => "other",
                }
            }

            #job_status
        }
        #registration
    }
}

/// Registers the type, so that its class is also found where it is the source of another error.
///
/// A generic type is not registered, because a registration names one type. Method lookup selects
/// the registration only for a type that is an error: for all other types, the second
/// implementation of `AddError` fits and adds nothing.
fn registration(Spec { ident, generics, runtime, .. }: &Spec<'_>) -> Option<TokenStream> {
    let private = runtime.private();
    generics.params.is_empty().then(|| {
        quote! {
            #private::inventory::submit! {
                #private::ErrorRegistration {
                    add: |__osapi_known| {
                        #[allow(unused_imports)]
                        use #private::AddError as _;
                        (&&#private::ErrorCandidate::<#ident>::TYPE)
                            .__osapi_add(__osapi_known);
                    },
                }
            }
        }
    })
}
