//! The type of a label set in expressions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Generics, Ident, Lifetime};

use crate::attribute::at;

/// Whether the compiler knows the labels without the parameters.
pub(super) fn has_only_lifetimes(generics: &Generics) -> bool {
    generics.params.len() == generics.lifetimes().count()
}

/// The type of the set in an expression. Lifetimes are written, because there is a lint against
/// hidden ones.
pub(super) fn of_any_lifetime(ident: &Ident, generics: &Generics) -> TokenStream {
    let lifetimes = generics.lifetimes().map(|_| Lifetime::new("'_", at(ident.span())));
    let mut lifetimes = lifetimes.peekable();
    if lifetimes.peek().is_none() {
        return quote!(#ident);
    }
    quote_spanned!(at(ident.span())=> #ident<#(#lifetimes),*>)
}
