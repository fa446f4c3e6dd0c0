use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Field, Ident, Member, spanned::Spanned};

use crate::located::at;

use super::check::{Class, Spec};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { ident, generics, runtime, variants } = spec;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let inner = |variant: &Ident, field: &Field, method: TokenStream| {
        let member = field.ident.clone().map_or_else(|| Member::Unnamed(0.into()), Member::Named);
        // At the field's type, so that an error inside without a class is reported there.
        quote_spanned! {at(field.ty.span())=>
            Self::#variant { #member: __osapi_inner } => #runtime::ErrorType::#method(
                &(&&&&#runtime::__private::ErrorInside(__osapi_inner)).__osapi_inside(),
            ),
        }
    };
    let uses = variants.iter().any(|(_, class)| matches!(class, Class::Inner(_))).then(|| {
        quote! {
            #[allow(unused_imports)]
            use #runtime::__private::InsideClass as _;
        }
    });
    let registration = registration(spec);
    let types = variants.iter().map(|(variant, class)| match class {
        Class::Named { name, .. } => quote!(Self::#variant { .. } => #name,),
        Class::Inner(field) => inner(variant, field, quote!(error_type)),
    });
    let timeouts = variants.iter().map(|(variant, class)| match class {
        Class::Named { timeout, .. } => quote!(Self::#variant { .. } => #timeout,),
        Class::Inner(field) => inner(variant, field, quote!(is_timeout)),
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::ErrorType for #ident #ty_generics #where_clause {
            fn error_type(&self) -> &'static ::core::primitive::str {
                #uses
                #[allow(unreachable_patterns)]
                match self {
                    #(#types)*
                    // Reached only where variants were refused.
                    _ => "other",
                }
            }

            #[allow(clippy::match_same_arms)]
            fn is_timeout(&self) -> ::core::primitive::bool {
                #uses
                #[allow(unreachable_patterns)]
                match self {
                    #(#timeouts)*
                    _ => false,
                }
            }
        }
        #registration
    }
}

/// Lets the class be found in a chain of errors, if the type is one. There is no list of the types
/// that a generic one stands for.
fn registration(Spec { ident, generics, runtime, .. }: &Spec<'_>) -> Option<TokenStream> {
    generics.params.is_empty().then(|| {
        quote! {
            #runtime::__private::inventory::submit! {
                #runtime::__private::ErrorRegistration {
                    add: |__osapi_known| {
                        #[allow(unused_imports)]
                        use #runtime::__private::AddError as _;
                        (&&#runtime::__private::Derived::<#ident>::TYPE)
                            .__osapi_add(__osapi_known);
                    },
                }
            }
        }
    })
}
