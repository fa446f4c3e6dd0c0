use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects every mistake in an item, so that one compilation reports all of them.
///
/// A collector must be turned into tokens. Dropping it unused would hide the mistakes, so the drop
/// panics: the panic reports a bug of the macro and never depends on the user's code.
#[derive(Default)]
pub(crate) struct Errors {
    errors: Option<syn::Error>,
    checked: bool,
}

impl Errors {
    /// Reports a mistake at a token. The message has the form "problem; remedy".
    pub(crate) fn report(&mut self, at: Span, message: impl Display) {
        self.push(syn::Error::new(at, message));
    }

    /// Reports a mistake that spans several tokens.
    pub(crate) fn report_on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports an error that syn returned.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// Whether a mistake has been reported.
    pub(crate) fn any(&self) -> bool {
        self.errors.is_some()
    }

    /// The errors as code that makes the compiler report them.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.checked = true;
        self.errors.take().map_or_else(TokenStream::new, |errors| errors.to_compile_error())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        assert!(self.checked || std::thread::panicking(), "the collected errors were not emitted");
    }
}
