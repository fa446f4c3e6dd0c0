use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type, spanned::Spanned};

use super::{
    check::Spec,
    form::{Form, Output},
};
use crate::{
    located::{at, variable},
    primitives::is_primitive,
};

/// The closure that tells a job's end from what it returned.
pub(super) fn describe(spec: &Spec<'_>) -> TokenStream {
    let Spec { runtime, error_type, error_name, output_size, .. } = spec;
    let private = quote!(#runtime::__private);
    let returned = variable("__osapi_returned", Span::call_site());
    if let Output::Written(Type::Never(_)) = spec.output() {
        return quote!(|_| ::core::unreachable!());
    }
    let outcome = match error_type {
        Some(class) => {
            let here = runtime.located_at(class.span());
            let described = variable("__osapi_returned", class.span());
            quote_spanned!(at(class.span())=> #here::__private::classified_by(#described, #class))
        }
        None => quote! {{
            #[allow(unused_imports)]
            use #private::Outcome as _;
            (&&&&&#private::Returned(#returned)).__osapi_outcome()
        }},
    };
    let outcome = match error_name {
        Some(name) => {
            let here = runtime.located_at(name.span());
            let described = variable("__osapi_returned", name.span());
            quote_spanned!(at(name.span())=> #here::__private::named_by(#outcome, #described, #name))
        }
        None => outcome,
    };
    let finished = match output_size {
        Some(size) => {
            let here = runtime.located_at(size.span());
            let output = variable("__osapi_output", size.span());
            let bytes = quote_spanned! {at(size.span())=> {
                #[allow(unused_imports)]
                use #private::{AnySuccess as _, ResultSuccess as _};
                ::core::option::Option::and_then(
                    (&&#private::Returned(#returned)).__osapi_success(),
                    |#output| #here::__private::output_size(#output, #size),
                )
            }};
            quote!(#private::Finished { end: #outcome, output_size: #bytes })
        }
        None => quote!(#private::Finished::at(#outcome)),
    };
    let check = check_ended(spec, &quote!(#returned));
    quote! {
        |#returned| {
            #check
            #finished
        }
    }
}

/// A function may return a future without its tokens saying so. Types tell.
fn check_ended(spec: &Spec<'_>, returned: &TokenStream) -> TokenStream {
    let (Form::Sync, ReturnType::Type(_, ty)) = (&spec.form, &spec.function.signature.output)
    else {
        return TokenStream::new();
    };
    // What is written out is known not to be one.
    let is_none = matches!(ty.as_ref(), Type::Tuple(_) | Type::Reference(_) | Type::Array(_));
    if is_none || is_primitive(ty) {
        return TokenStream::new();
    }
    let here = spec.runtime.located_at(ty.span());
    quote_spanned! {at(ty.span())=> {
        #[allow(unused_imports)]
        use #here::__private::{AnyEnded as _, FutureEnded as _};
        (&&#here::__private::Returned(#returned)).__osapi_ended();
    }}
}
