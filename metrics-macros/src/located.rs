use proc_macro2::Span;
use syn::Ident;

/// A span that points at what the user wrote, for tokens that the user did not write: errors are
/// reported there, and lints know that the code is generated.
pub(crate) fn at(written: Span) -> Span {
    Span::call_site().located_at(written)
}

/// A variable that the user's code cannot see, and does not hide.
pub(crate) fn variable(name: &str, written: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(written))
}
