//! The origin of a declaration, which diagnostics of the runtime show.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::runtime_path::RuntimePath;

/// The expression for the origin of a declaration in this file, at a line.
pub(crate) fn origin(line: &TokenStream, runtime: &RuntimePath) -> TokenStream {
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

/// The expression for the line of a declaration that begins at `place`.
pub(crate) fn line(place: Span) -> TokenStream {
    // The span is the user's own. With the span of generated code, `line!` would expand to the line
    // of the attribute.
    quote_spanned!(place=> ::core::line!())
}
