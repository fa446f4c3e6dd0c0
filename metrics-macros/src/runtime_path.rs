use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, spanned::Spanned};

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

    /// Gives the code its name for a path that the user wrote. A path that leads nowhere is reported
    /// here, and once.
    pub(crate) fn named(&self) -> Option<TokenStream> {
        let path = self.0.as_ref()?;
        Some(quote_spanned! {path.span()=>
            #[allow(unused_imports)]
            use #path as __osapi_metrics;
        })
    }

    /// Items, in a scope where the path has its name.
    pub(crate) fn enclose(&self, items: TokenStream) -> TokenStream {
        match self.named() {
            Some(named) => quote!(const _: () = { #named #items };),
            None => items,
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
            Some(_) => quote!(__osapi_metrics),
            None => quote!(::osapi_metrics),
        });
    }
}
