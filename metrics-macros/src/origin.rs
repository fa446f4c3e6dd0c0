use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::runtime_path::RuntimePath;

/// The place of a declaration that begins here.
pub(crate) fn origin(place: Span, runtime: &RuntimePath) -> TokenStream {
    // As if the user had written it there: in code that counts as generated, `line!` is the line of
    // the attribute.
    let line = quote_spanned!(place=> ::core::line!());
    quote! {
        #runtime::Origin::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
            ::core::module_path!(),
            ::core::file!(),
            #line,
        )
    }
}
