use proc_macro2::Span;
use syn::Ident;

/// A span for generated tokens that points at code of the user.
///
/// The span resolves names as generated code does and has the position of the user's code. The
/// compiler reports errors at that position, and lints recognise the tokens as generated.
pub(crate) fn at(written: Span) -> Span {
    Span::call_site().located_at(written)
}

/// A variable of the generated code that neither is visible to the user's code nor shadows a
/// variable of the user.
///
/// `mixed_site` gives local variables the hygiene of `macro_rules!`: two variables of one name are
/// different variables if one of them was written by the user.
pub(crate) fn variable(name: &str, written: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(written))
}
