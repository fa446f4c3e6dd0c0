use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects every mistake of an item, so that one compile reports them all.
///
/// It must be emptied: dropping it with errors inside would let a mistake pass silently, so that
/// panics (not on what a user wrote, but on a macro that forgot).
#[derive(Default)]
pub(crate) struct Errors {
    errors: Option<syn::Error>,
    checked: bool,
}

impl Errors {
    /// Reports a mistake at a token: "problem; remedy".
    pub(crate) fn report(&mut self, at: Span, message: impl Display) {
        self.push(syn::Error::new(at, message));
    }

    /// Reports a mistake that several tokens make together.
    pub(crate) fn report_on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports a mistake that syn found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// Whether something was reported.
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
