use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;

use crate::{attribute::Entries, errors::Errors, located::at};

/// Where the generated code finds `osapi_metrics`.
#[derive(Clone)]
pub(crate) struct RuntimePath(Option<Path>);

impl RuntimePath {
    /// `crate = "path"`, or the default.
    pub(crate) fn of(entries: &Entries, errors: &mut Errors) -> Self {
        let Some(text) = entries.text("crate", errors) else { return Self(None) };
        let literal = syn::LitStr::new(&text.value, text.span);
        match literal.parse_with(Path::parse_mod_style) {
            Ok(path) => Self(Some(path)),
            Err(_) => {
                let message =
                    format!("`{}` is not a path; write `crate = \"renamed_metrics\"`", text.value);
                errors.report(text.span, message);
                Self(None)
            }
        }
    }

    /// The path, so that what the compiler has to say of it is said of `written`.
    pub(crate) fn located_at(&self, written: Span) -> TokenStream {
        let located = |mut token: TokenTree| {
            token.set_span(at(written));
            token
        };
        self.to_token_stream().into_iter().map(located).collect()
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match &self.0 {
            Some(path) => quote!(#path),
            None => quote!(::osapi_metrics),
        });
    }
}
