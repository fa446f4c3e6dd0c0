use proc_macro2::{Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Ident, ReturnType, Type, parse_quote, spanned::Spanned, visit_mut::VisitMut};

use super::check::{Recorded, Spec};
use crate::{located::at, runtime_path::RuntimePath};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { function, runtime, .. } = spec;
    let attributes = &function.attributes;
    let (visibility, signature) = (&function.visibility, &function.signature);
    let private = quote!(#runtime::__private);
    let (set, labels, registration) = recorded(&spec.recorded, runtime);
    let waited = waited(spec);
    let body = body(spec);
    let describe = describe(spec);
    let start = quote!(#private::JobGuard::<#set>::start(|| #labels, || #waited));
    let run = if signature.asyncness.is_some() {
        quote!(#private::JobFuture::new(#start, async move #body, #describe).await)
    } else {
        quote!(#private::run(#start, move || #body, #describe))
    };
    let mut block = Group::new(proc_macro2::Delimiter::Brace, quote!(#registration #run));
    block.set_span(spec.brace.span.join());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// The set, the labels, and the registration that lets the job's counters start at 0.
fn recorded(
    recorded: &Recorded<'_>,
    runtime: &RuntimePath,
) -> (TokenStream, TokenStream, TokenStream) {
    match recorded {
        Recorded::Named(name) => {
            let set = quote!(#runtime::JobMetrics);
            let labels = quote! {
                #runtime::JobLabels { job_name: #runtime::__private::Cow::Borrowed(#name) }
            };
            let registration = quote! {
                #runtime::__private::inventory::submit! {
                    #runtime::__private::JobRegistration {
                        declare: || {
                            #runtime::__private::JobRegistration::declare::<#set>(&#labels);
                        },
                    }
                }
            };
            (set, labels, registration)
        }
        // Labels that come from the job are not known before it.
        Recorded::In { set, labels } => (quote!(#set), quote!(#labels), TokenStream::new()),
    }
}

fn waited(Spec { runtime, queued_at, .. }: &Spec<'_>) -> TokenStream {
    match queued_at {
        // By reference, so that a field of an argument is not moved out of it.
        Some(queued_at) => quote_spanned!(at(queued_at.span())=>
            #runtime::QueuedAt::waited(&#queued_at)
        ),
        None => quote!(::core::option::Option::None),
    }
}

/// The user's body, after a `return` that never happens: it tells the compiler the type of the
/// block before it reads what the user returns, and a mismatch is reported against the signature.
fn body(Spec { function, body, brace, .. }: &Spec<'_>) -> TokenStream {
    let allow: Attribute = parse_quote! {
        #[allow(
            unknown_lints,
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::let_with_type_underscore,
            clippy::needless_return,
            clippy::unreachable
        )]
    };
    let returned = Ident::new("__osapi_returned", Span::mixed_site());
    let of_type = match &function.signature.output {
        ReturnType::Default => Some(quote!(())),
        ReturnType::Type(_, ty) => match ty.as_ref() {
            // The type of a block that never ends cannot be written.
            Type::Never(_) => None,
            ty => {
                let mut ty = ty.clone();
                Unnameable.visit_type_mut(&mut ty);
                Some(quote_spanned!(at(ty.span())=> #ty))
            }
        },
    };
    let typed = of_type.map(|ty| {
        quote! {
            #allow
            if false {
                let #returned: #ty = loop {};
                return #returned;
            }
        }
    });
    // Tokens of the user, with the user's spans, in the user's braces.
    let mut block = Group::new(proc_macro2::Delimiter::Brace, quote!(#typed #body));
    block.set_span(brace.span.join());
    quote!(#block)
}

/// Leaves `impl Trait` in a type to inference.
struct Unnameable;

impl VisitMut for Unnameable {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = parse_quote!(_);
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// The closure that tells a job's end from what it returned.
fn describe(Spec { runtime, error_type, output_size, .. }: &Spec<'_>) -> TokenStream {
    let private = quote!(#runtime::__private);
    let returned = Ident::new("__osapi_returned", Span::mixed_site());
    let outcome = match error_type {
        Some(class) => quote_spanned!(at(class.span())=>
            #private::classified_by(#returned, #class)
        ),
        None => quote! {{
            #[allow(unused_imports)]
            use #private::{AnyReturn as _, ClassifiedError as _, UnclassifiedError as _};
            (&&&#private::Returned(#returned)).outcome()
        }},
    };
    let output_size = match output_size {
        Some(size) => quote_spanned! {at(size.span())=> {
            #[allow(unused_imports)]
            use #private::{AnySuccess as _, ResultSuccess as _};
            ::core::option::Option::map(
                (&&#private::Returned(#returned)).success(),
                |output| #private::output_size(output, #size),
            )
        }},
        None => quote!(::core::option::Option::None),
    };
    quote! {
        |#returned| #private::Finished { outcome: #outcome, output_size: #output_size }
    }
}
