use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Field, Fields, Generics, Ident, Lit, Meta,
    spanned::Spanned,
};

use crate::{attribute::Entries, errors::Errors};

/// A metric set, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) visibility: syn::Visibility,
    pub(super) entries: Entries,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Struct(Vec<MetricField>),
    Other { at: Span },
}

/// One metric, as it was written.
pub(super) struct MetricField {
    pub(super) field: Field,
    pub(super) entries: Entries,
    pub(super) doc: String,
}

pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, "metric_set", errors);
    let shape = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(fields) => Shape::Struct(
                fields
                    .named
                    .into_iter()
                    .map(|field| MetricField {
                        entries: Entries::of(&field.attrs, "metric", errors),
                        doc: documentation(&field.attrs),
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
        entries,
        shape,
    }
}

/// The text of the doc comments as one paragraph, without the final full stop's line breaks.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    // The first paragraph, as rustdoc's summaries have it.
    let text: Vec<String> = lines
        .flat_map(|line| line.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>())
        .skip_while(String::is_empty)
        .take_while(|line| !line.is_empty())
        .collect();
    text.join(" ")
}
