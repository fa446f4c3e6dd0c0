use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, ReturnType, Type, spanned::Spanned};

use crate::{
    attribute::{at, variable},
    instrumented_job::{
        form::{Form, Output},
        spec::Spec,
    },
    primitives::is_primitive,
};

/// The function that turns the value that a job returned into a description of its end.
pub(super) fn describe(spec: &Spec<'_>) -> TokenStream {
    let output = spec.output();
    if let Output::Written(Type::Never(_)) = output {
        return quote!(|_| ::core::unreachable!());
    }
    if always_completes(&output) && spec.expressions.describe_nothing() {
        let private = spec.runtime.private();
        return quote!(#private::JobReport::completed);
    }
    let returned = variable("__osapi_returned", Span::call_site());
    let (check, report) = (check_return(spec, &quote!(#returned)), report(spec, &returned));
    quote! {
        |#returned| {
            #check
            #report
        }
    }
}

/// The closure that turns an item of a stream into a description of the job's end, if the item ends
/// the job.
pub(super) fn describe_item(spec: &Spec<'_>) -> TokenStream {
    if !spec.item_errors {
        return quote!(|_| ::core::option::Option::None);
    }
    let private = spec.runtime.private();
    let item = variable("__osapi_returned", Span::call_site());
    let report = report(spec, &item);
    quote!(|#item| #private::JobReport::unless_completed(#report))
}

/// The report that describes a value.
fn report(Spec { runtime, expressions, .. }: &Spec<'_>, returned: &Ident) -> TokenStream {
    let private = runtime.private();
    let outcome = match expressions.error_type {
        Some(class) => {
            let private = runtime.private_at(class.span());
            let described = variable("__osapi_returned", class.span());
            quote_spanned!(at(class.span())=> #private::classified_by(#described, #class))
        }
        // Each `&` is a step of method lookup, which takes the first implementation of
        // `ClassifyOutcome` that fits the type of the value. A macro cannot see which traits a type
        // implements, and this selects the outcome without specialization.
        None => quote! {{
            #[allow(unused_imports)]
            use #private::ClassifyOutcome as _;
            (&&&&&#private::ReturnValue(#returned)).__osapi_outcome()
        }},
    };
    let changes = [
        ("ok_if", expressions.ok_if),
        ("cancelled_if", expressions.cancelled_if),
        ("named_by", expressions.error_name),
    ];
    let outcome = changes.into_iter().fold(outcome, |outcome, (change, closure)| {
        let Some(closure) = closure else { return outcome };
        let place = at(closure.span());
        let (private, change) = (runtime.private_at(closure.span()), Ident::new(change, place));
        let described = variable("__osapi_returned", closure.span());
        quote_spanned!(place=> #private::#change(#outcome, #described, #closure))
    });
    match expressions.output_size {
        Some(size) => {
            let private_at_size = runtime.private_at(size.span());
            let output = variable("__osapi_output", size.span());
            // The value is selected in the same way: the inner value of a `Result`, or the value.
            let bytes = quote_spanned! {at(size.span())=> {
                #[allow(unused_imports)]
                use #private::{AnySuccess as _, ResultSuccess as _};
                ::core::option::Option::and_then(
                    (&&#private::ReturnValue(#returned)).__osapi_success(),
                    |#output| #private_at_size::output_size(#output, #size),
                )
            }};
            quote!(#private::JobReport { end: #outcome, output_size: #bytes })
        }
        None => quote!(#private::JobReport::at(#outcome)),
    }
}

/// Whether a job with this output cannot have failed. The compiler then has no closure to check.
fn always_completes(output: &Output<'_>) -> bool {
    match output {
        Output::Unit => true,
        Output::Written(ty) => is_no_result(ty),
        Output::OfFuture(_) => false,
    }
}

/// Whether the tokens of a type show that it is neither a `Result` nor a future nor a stream.
fn is_no_result(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(_) | Type::Reference(_) | Type::Array(_)) || is_primitive(ty)
}

/// The check that a function that is not async returns neither a future nor a stream, whose job
/// would end before it has run.
///
/// The tokens of a type do not always show it. Method lookup takes `FutureReturn` for a future and
/// `StreamReturn` for a stream, whose methods have a bound that no such type satisfies, and
/// `ValueReturn` for all other values.
fn check_return(spec: &Spec<'_>, returned: &TokenStream) -> TokenStream {
    let (Form::Sync, ReturnType::Type(_, ty)) = (&spec.form, &spec.function.signature.output)
    else {
        return TokenStream::new();
    };
    if is_no_result(ty) {
        return TokenStream::new();
    }
    let private = spec.runtime.private_at(ty.span());
    quote_spanned! {at(ty.span())=> {
        #[allow(unused_imports)]
        use #private::{FutureReturn as _, StreamReturn as _, ValueReturn as _};
        (&&&#private::ReturnValue(#returned)).__osapi_check_return();
    }}
}
