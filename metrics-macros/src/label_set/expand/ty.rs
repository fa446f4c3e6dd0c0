//! The types of a label set and of its labels in expressions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Generics, Ident, Lifetime, spanned::Spanned};

use crate::{attribute::at, label_set::spec::Label, runtime_path::RuntimePath};

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

/// `<Type as Trait>::item`, with all tokens at the position of the type.
///
/// The expansion uses the trait in several places. If the type does not implement the trait, all
/// errors have the same text and position, and the compiler reports them once.
pub(super) fn of_type(
    label: &Label<'_>,
    of_trait: &str,
    item: &str,
    runtime: &RuntimePath,
) -> TokenStream {
    let ty = label.ty;
    let here = runtime.located_at(ty.span());
    let of_trait = of_trait.split("::").map(|part| Ident::new(part, at(ty.span())));
    let item = Ident::new(item, at(ty.span()));
    quote_spanned!(at(ty.span())=> <#ty as #here #(::#of_trait)*>::#item)
}
