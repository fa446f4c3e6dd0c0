use proc_macro2::Span;
use syn::{Data, DeriveInput, Field, Fields, Generics, Ident, Visibility, spanned::Spanned};

use crate::attribute::{Documentation, Entries, Errors};

/// The declaration of a metric set, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) visibility: Visibility,
    /// The doc comments; `None` if another macro makes it.
    pub(super) doc: Option<Documentation>,
    pub(super) entries: Entries,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Struct(Vec<MetricField>),
    Other { at: Span },
}

/// The declaration of a metric, as it was written.
pub(super) struct MetricField {
    pub(super) field: Field,
    pub(super) entries: Entries,
    /// The doc comments; `None` if another macro makes it, as in `#[doc = concat!(…)]`.
    pub(super) doc: Option<Documentation>,
}

pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, "metric_set", errors);
    let doc = Documentation::of(&input.attrs);
    let shape = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(fields) => Shape::Struct(
                fields
                    .named
                    .into_iter()
                    .map(|field| MetricField {
                        entries: Entries::of(&field.attrs, "metric", errors),
                        doc: Documentation::of(&field.attrs),
                        field,
                    })
                    .collect(),
            ),
            Fields::Unnamed(fields) => Shape::Other { at: fields.span() },
            Fields::Unit => Shape::Other { at: input.ident.span() },
        },
        Data::Enum(data) => Shape::Other { at: data.enum_token.span() },
        Data::Union(data) => Shape::Other { at: data.union_token.span() },
    };
    Declaration {
        ident: input.ident,
        generics: input.generics,
        visibility: input.vis,
        doc,
        entries,
        shape,
    }
}
