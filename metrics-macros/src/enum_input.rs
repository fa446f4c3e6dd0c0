//! The parse step of the derives for enums: `LabelValue` and `ErrorType`.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Generics, Ident, Variant, spanned::Spanned};

use crate::attribute::{Entries, Errors};

/// The declaration of an enum whose variants have attributes, as it was written.
pub(crate) struct Declaration {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) entries: Entries,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    Enum(Vec<(Variant, Entries)>),
    Other { keyword: Span },
}

/// Reads the attributes of this name on the enum and on its variants.
pub(crate) fn parse(input: DeriveInput, attribute: &str, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, attribute, errors);
    let shape = match input.data {
        Data::Enum(data) => Shape::Enum(
            data.variants
                .into_iter()
                .map(|variant| {
                    let entries = Entries::of_variant(&variant.attrs, attribute, errors);
                    (variant, entries)
                })
                .collect(),
        ),
        Data::Struct(data) => Shape::Other { keyword: data.struct_token.span() },
        Data::Union(data) => Shape::Other { keyword: data.union_token.span() },
    };
    Declaration { ident: input.ident, generics: input.generics, entries, shape }
}
