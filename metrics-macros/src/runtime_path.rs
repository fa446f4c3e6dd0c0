//! The path to the runtime in generated code.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{LitStr, Path, spanned::Spanned};

use crate::attribute::{Entries, Errors, at};

/// The path by which generated code refers to `osapi_metrics`.
#[derive(Clone)]
pub(crate) struct RuntimePath(Option<Path>);

impl RuntimePath {
    /// The path in `crate = "path"`, or the default path.
    pub(crate) fn of(entries: &Entries, errors: &mut Errors) -> Self {
        let Some(text) = entries.text("crate", errors) else { return Self(None) };
        let literal = LitStr::new(&text.value, text.span);
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

    /// Whether the code is in the runtime itself.
    pub(crate) fn is_inside(&self) -> bool {
        self.0.as_ref().is_some_and(|path| path.is_ident("crate"))
    }

    /// Imports a path of the user under the name that generated code uses.
    ///
    /// Generated code repeats the path many times. With the import, the compiler reports an
    /// unresolved path once, at the text that the user wrote.
    pub(crate) fn import(&self) -> Option<TokenStream> {
        let path = self.0.as_ref()?;
        Some(quote_spanned! {path.span()=>
            #[allow(unused_imports)]
            use #path as __osapi_metrics;
        })
    }

    /// Encloses items in a scope that has the import, if the path needs one.
    pub(crate) fn enclose(&self, items: TokenStream) -> TokenStream {
        match self.import() {
            Some(import) => quote!(const _: () = { #import #items };),
            None => items,
        }
    }

    /// The path, with spans that make the compiler report its errors at `written`.
    pub(crate) fn located_at(&self, written: Span) -> TokenStream {
        relocate(self.to_token_stream(), written)
    }

    /// The module of the runtime that only generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let module = private_module();
        quote!(#self::#module)
    }

    /// The private module, with spans that make the compiler report its errors at `written`.
    pub(crate) fn private_at(&self, written: Span) -> TokenStream {
        relocate(self.private(), written)
    }
}

/// The name of the private module: it carries the version of this crate, which a runtime of another
/// version does not have.
fn private_module() -> Ident {
    format_ident!(
        "__private{}_{}_{}",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    )
}

fn relocate(path: TokenStream, written: Span) -> TokenStream {
    let located = |mut token: TokenTree| {
        token.set_span(at(written));
        token
    };
    path.into_iter().map(located).collect()
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match &self.0 {
            Some(_) => quote!(__osapi_metrics),
            None => quote!(::osapi_metrics),
        });
    }
}
