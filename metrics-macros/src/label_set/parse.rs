use proc_macro2::Span;
use syn::{Data, DeriveInput, Field, Fields, Generics, Ident, spanned::Spanned};

use crate::attribute::{Entries, Errors};

/// The declaration of a label set, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) entries: Entries,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    /// A struct with one label per field.
    Struct(Vec<(Field, Entries)>),
    /// An enum that is a single label.
    Enum,
    Other {
        at: Span,
    },
}

pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, "label", errors);
    let shape = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(fields) => Shape::Struct(
                fields
                    .named
                    .into_iter()
                    .map(|field| {
                        let entries = Entries::of(&field.attrs, "label", errors);
                        (field, entries)
                    })
                    .collect(),
            ),
            Fields::Unnamed(fields) => Shape::Other { at: fields.span() },
            Fields::Unit => Shape::Other { at: input.ident.span() },
        },
        Data::Enum(_) => Shape::Enum,
        Data::Union(data) => Shape::Other { at: data.union_token.span() },
    };
    Declaration { ident: input.ident, generics: input.generics, entries, shape }
}
