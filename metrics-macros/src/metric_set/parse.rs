use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Field, Fields, Generics, Ident, Lit, Meta,
    Visibility, spanned::Spanned,
};

use crate::attribute::{Entries, Errors};

/// The declaration of a metric set, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) visibility: Visibility,
    /// The text of the doc comments; `None` if another macro makes it.
    pub(super) doc: Option<String>,
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
    /// The text of the doc comments; `None` if another macro makes it, as in `#[doc = concat!(…)]`.
    pub(super) doc: Option<String>,
}

pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Declaration {
    let entries = Entries::of(&input.attrs, "metric_set", errors);
    let doc = documentation(&input.attrs);
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
        doc,
        entries,
        shape,
    }
}

/// The first paragraph of the doc comments on one line, as in the summaries of rustdoc.
fn documentation(attributes: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(meta) = &attribute.meta else { continue };
        if !meta.path.is_ident("doc") {
            continue;
        }
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
        // `str::lines` has no line for an empty text, which is the `///` between paragraphs.
        lines.extend(text.value().split('\n').map(|line| line.trim().to_owned()));
    }
    let text: Vec<String> = lines
        .into_iter()
        .skip_while(String::is_empty)
        .take_while(|line| !line.is_empty())
        .collect();
    Some(text.join(" "))
}
