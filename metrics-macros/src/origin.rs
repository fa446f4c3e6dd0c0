//! The origin of a declaration, which diagnostics of the runtime show.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::runtime_path::RuntimePath;

/// The expression for the origin of a declaration that begins at `place`.
pub(crate) fn origin(place: Span, runtime: &RuntimePath) -> TokenStream {
    // The span is the user's own. With the span of generated code, `line!` would expand to the line
    // of the attribute.
    let line = quote_spanned!(place=> ::core::line!());
    quote! {
        #runtime::descriptor::Origin::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
            ::core::module_path!(),
            ::core::file!(),
            #line,
        )
    }
}
