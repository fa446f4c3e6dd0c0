use syn::{Field, GenericArgument, PathArguments, PathSegment, Type};

use super::key::KEYS;
use crate::{
    attribute::{Count, Entries, Errors},
    label_set::spec::{LabelKey, LabelKind, Limit},
    ungrouped,
};

/// Checks rule L4: an open label declares a number of values, a closed label does not.
pub(super) fn check_limit(
    key: LabelKey,
    field: &Field,
    entries: &Entries,
    errors: &mut Errors,
) -> LabelKind {
    let (max, recent) = (entries.get("max"), entries.get("recent"));
    if let (Some(_), Some(recent)) = (max, recent) {
        errors.report(
            recent.key.span(),
            "`recent` does not fit `max`: one keeps the last values, the other the first; remove one \
             of them",
        );
    }
    let written = max.or(recent);
    let limit = match (entries.count("max", errors), entries.count("recent", errors)) {
        (Some(max), _) => Limit::Max(max),
        (None, Some(recent)) => Limit::Recent(recent),
        (None, None) => Limit::Max(Count::Literal(1)),
    };
    match (known_type(&field.ty), written) {
        (Some(KnownType::Open), None) => {
            // An unknown key may be a misspelt limit.
            if !entries.has_unknown(&KEYS) && entries.is_complete() {
                errors.report_on(
                    &field.ty,
                    "the values of this label are not known in advance; say how many there can be \
                     with `#[label(max = 100)]`, or how many of the last ones to keep with \
                     `#[label(recent = 100)]`, or use an enum that derives `LabelValue`",
                );
            }
            LabelKind::Open { key, limit }
        }
        (Some(KnownType::Bool), Some(entry)) => {
            let message = format!("a `bool` has two values; remove `{}`", entry.key);
            errors.report(entry.key.span(), message);
            LabelKind::Closed { key }
        }
        (Some(KnownType::OptionalBool), _) => {
            errors.report_on(
                &field.ty,
                "a `bool` that can be absent has three values; use an enum that derives \
                 `LabelValue`",
            );
            LabelKind::Invalid
        }
        (Some(KnownType::Optional), None) => {
            errors.report_on(
                &field.ty,
                "an `Option` has no closed set of values; of an enum, remove the `Option` and add a \
                 variant that stands for none; of strings or integers, declare \
                 `#[label(max = 100)]`",
            );
            LabelKind::Invalid
        }
        (_, None) => LabelKind::Closed { key },
        (_, Some(_)) => LabelKind::Open { key, limit },
    }
}

/// A type that is recognised by its tokens.
pub(super) enum KnownType {
    Open,
    Bool,
    OptionalBool,
    /// An `Option` of a type whose tokens do not show its values.
    Optional,
}

/// The type, if its tokens show it. Traits decide about all other types.
pub(super) fn known_type(ty: &Type) -> Option<KnownType> {
    let path = match ungrouped::ty(ty) {
        Type::Reference(reference) => return known_type(&reference.elem),
        Type::Path(path) => &path.path,
        _ => return None,
    };
    let last = path.segments.last()?;
    match last.ident.to_string().as_str() {
        "bool" => Some(KnownType::Bool),
        "String" | "Cow" | "str" | "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16"
        | "i32" | "i64" | "isize" => Some(KnownType::Open),
        "Arc" | "Box" | "Rc" => match known_type(first_argument(last)?) {
            Some(KnownType::Open) => Some(KnownType::Open),
            _ => None,
        },
        "Option" => Some(match known_type(first_argument(last)?) {
            Some(KnownType::Open) => KnownType::Open,
            Some(KnownType::Bool) => KnownType::OptionalBool,
            _ => KnownType::Optional,
        }),
        _ => None,
    }
}

/// The first type among the arguments of a generic type.
fn first_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(first)) => Some(first),
        _ => None,
    }
}
