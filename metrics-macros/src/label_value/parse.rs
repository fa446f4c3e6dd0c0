use proc_macro2::Span;
use syn::{Data, DeriveInput, Generics, Ident, Variant, spanned::Spanned};

use crate::{attribute::Entries, errors::Errors};

/// An enum of label values, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) entries: Entries,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Enum(Vec<(Variant, Entries)>),
    Other { keyword: Span },
}

pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, "label", errors);
    let shape = match input.data {
        Data::Enum(data) => Shape::Enum(
            data.variants
                .into_iter()
                .map(|variant| {
                    let entries = Entries::of(&variant.attrs, "label", errors);
                    (variant, entries)
                })
                .collect(),
        ),
        Data::Struct(data) => Shape::Other { keyword: data.struct_token.span() },
        Data::Union(data) => Shape::Other { keyword: data.union_token.span() },
    };
    Declaration { ident: input.ident, generics: input.generics, entries, shape }
}
