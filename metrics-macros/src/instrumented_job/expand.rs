use proc_macro2::{Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, ReturnType, Type, parse_quote, spanned::Spanned, visit_mut::VisitMut};

use super::check::{Recorded, Spec};
use crate::{
    located::{at, variable},
    runtime_path::RuntimePath,
};

pub(super) fn expand(spec: &Spec<'_>) -> TokenStream {
    let Spec { function, runtime, .. } = spec;
    let attributes = &function.attributes;
    let (visibility, signature) = (&function.visibility, &function.signature);
    let Site { set, labels, known, items } = site(&spec.recorded, runtime);
    let waited = waited(spec);
    let body = body(spec);
    let describe = describe(spec);
    // All at the set, so that one that follows no jobs is reported there, and once.
    let place = at(set.span());
    let here = runtime.located_at(set.span());
    let private = quote_spanned!(place=> #here::__private);
    // Evaluated before the body is made, which takes the arguments along.
    let guard = quote_spanned!(place=> #private::start::<#set>(#known, || #labels, || #waited));
    let run = if signature.asyncness.is_some() {
        quote_spanned!(place=> #private::run_async(#guard, async move #body, #describe).await)
    } else {
        // Where it is made: a guard is too large to be moved for nothing.
        let variable = variable("__osapi_guard", place);
        quote_spanned! {place=>
            let mut #variable = #guard;
            #private::run(&mut #variable, move || #body, #describe)
        }
    };
    let mut block = Group::new(proc_macro2::Delimiter::Brace, quote!(#items #run));
    block.set_span(spec.brace.span.join());
    quote!(#(#attributes)* #visibility #signature #block)
}

/// What the jobs of a handler are recorded in.
struct Site {
    set: TokenStream,
    labels: TokenStream,
    /// Where the handler keeps the series that its jobs concern, if they all concern the same.
    known: TokenStream,
    /// What stands beside the body: the static of `known`, and the registration that lets the
    /// handler's counters start at 0.
    items: TokenStream,
}

fn site(recorded: &Recorded<'_>, runtime: &RuntimePath) -> Site {
    match recorded {
        Recorded::Named(name) => {
            let set = quote!(#runtime::JobMetrics);
            let labels = quote! {
                #runtime::JobLabels { job_name: #runtime::__private::Cow::Borrowed(#name) }
            };
            let items = quote! {
                static __OSAPI_KNOWN: <#set as #runtime::JobSet>::Known =
                    <#set as #runtime::JobSet>::UNKNOWN;
                #runtime::__private::inventory::submit! {
                    #runtime::__private::JobRegistration {
                        declare: || {
                            #runtime::__private::JobRegistration::declare::<#set>(&#labels);
                        },
                    }
                }
            };
            Site { set, labels, known: quote!(::core::option::Option::Some(&__OSAPI_KNOWN)), items }
        }
        // Labels that come from the job are not known before it.
        Recorded::In { set, labels } => Site {
            set: quote!(#set),
            labels: quote!(#labels),
            known: quote_spanned!(at(set.span())=> ::core::option::Option::None),
            items: TokenStream::new(),
        },
    }
}

fn waited(Spec { runtime, queued_at, .. }: &Spec<'_>) -> TokenStream {
    match queued_at {
        // By reference, so that a field of an argument is not moved out of it.
        Some(queued_at) => {
            let here = runtime.located_at(queued_at.span());
            quote_spanned!(at(queued_at.span())=> #here::QueuedAt::waited(&(#queued_at)))
        }
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
    let of_type = match &function.signature.output {
        ReturnType::Default => Some((Span::call_site(), quote!(()))),
        ReturnType::Type(_, ty) => match ty.as_ref() {
            // The type of a block that never ends cannot be written.
            Type::Never(_) => None,
            ty => {
                let mut ty = ty.clone();
                Unnameable.visit_type_mut(&mut ty);
                Some((at(ty.span()), quote!(#ty)))
            }
        },
    };
    let typed = of_type.map(|(place, ty)| {
        let returned = variable("__osapi_returned", place);
        quote_spanned! {place=>
            #allow
            if false {
                let #returned: #ty = loop {};
                return #returned;
            }
        }
    });
    // A block of its own: what the user begins with is its first statement.
    let mut block = Group::new(proc_macro2::Delimiter::Brace, (*body).clone());
    block.set_span(at(brace.span.join()));
    quote!({ #typed #block })
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
fn describe(spec: &Spec<'_>) -> TokenStream {
    let Spec { function, runtime, error_type, output_size, .. } = spec;
    let private = quote!(#runtime::__private);
    let returned = variable("__osapi_returned", Span::call_site());
    if let ReturnType::Type(_, ty) = &function.signature.output
        && let Type::Never(_) = ty.as_ref()
    {
        return quote!(|_| ::core::unreachable!());
    }
    let outcome = match error_type {
        Some(class) => {
            let here = runtime.located_at(class.span());
            quote_spanned!(at(class.span())=> #here::__private::classified_by(#returned, #class))
        }
        None => quote! {{
            #[allow(unused_imports)]
            use #private::{AnyReturn as _, ClassifiedError as _, UnclassifiedError as _};
            (&&&#private::Returned(#returned)).__osapi_outcome()
        }},
    };
    let output_size = match output_size {
        Some(size) => {
            let here = runtime.located_at(size.span());
            let output = variable("__osapi_output", size.span());
            quote_spanned! {at(size.span())=> {
                #[allow(unused_imports)]
                use #private::{AnySuccess as _, ResultSuccess as _};
                ::core::option::Option::map(
                    (&&#private::Returned(#returned)).__osapi_success(),
                    |#output| #here::__private::output_size(#output, #size),
                )
            }}
        }
        None => quote!(::core::option::Option::None),
    };
    quote! {
        |#returned| #private::Finished { end: #outcome, output_size: #output_size }
    }
}
