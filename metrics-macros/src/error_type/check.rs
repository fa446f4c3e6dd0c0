use syn::{Variant, ext::IdentExt, spanned::Spanned};

use super::spec::{Class, Effect, Spec};
use crate::{
    attribute::{Entries, Errors},
    case::Case,
    enum_input::{Declaration, Shape},
    runtime_path::RuntimePath,
};

/// The keys of the enum.
const ENUM_KEYS: [&str; 1] = ["crate"];

/// The keys of a variant.
const VARIANT_KEYS: [&str; 4] = ["rename", "timeout", "benign", "transparent"];

/// Keys that do not belong on the enum.
const KEYS_OF_VARIANTS: [(&str, &str); 5] = [
    ("rename", "`rename` is that of one variant; move it there"),
    ("timeout", "`timeout` marks one variant; move it there"),
    ("benign", "`benign` marks one variant; move it there"),
    ("transparent", "`transparent` marks one variant; move it there"),
    (
        "rename_all",
        "the classes are the variants in snake_case; write `#[error_type(rename = \"…\")]` on each \
         that needs another",
    ),
];

pub(super) fn check<'a>(declaration: &'a Declaration, errors: &mut Errors) -> Spec<'a> {
    let Declaration { ident, generics, entries, shape } = declaration;
    entries.check_placed_keys(&ENUM_KEYS, &KEYS_OF_VARIANTS, errors);
    let runtime = RuntimePath::of(entries, errors);
    let mut checked = Vec::new();
    match shape {
        Shape::Enum(variants) => {
            for (variant, entries) in variants {
                entries.check_keys(&VARIANT_KEYS, errors);
                checked.push((&variant.ident, class(variant, entries, errors)));
            }
        }
        Shape::Other { keyword } => errors.report(
            *keyword,
            "the classes of an error are the variants of an enum; make this an enum, or implement \
             `ErrorType` by hand",
        ),
    }
    Spec { ident, generics, runtime, variants: checked }
}

fn class<'a>(variant: &'a Variant, entries: &Entries, errors: &mut Errors) -> Class<'a> {
    let rename = entries.text("rename", errors);
    let effect = effect(entries, errors);
    if entries.flag("transparent", errors) {
        for key in ["rename", "timeout", "benign"] {
            if let Some(entry) = entries.get(key) {
                let message = format!(
                    "`{key}` does not fit `transparent`, which asks the error inside; remove one of \
                     them"
                );
                errors.report(entry.key.span(), message);
            }
        }
        let mut fields = variant.fields.iter();
        if let (Some(field), None) = (fields.next(), fields.next()) {
            return Class::Inner(field);
        }
        let at = entries.get("transparent").map_or(variant.span(), |entry| entry.key.span());
        errors.report(at, "there is not one error inside to ask; give the variant one field");
    }
    if let Some(rename) = &rename
        && rename.value.is_empty()
    {
        errors.report(rename.span, "an empty class is the same as no label; give it a name");
    }
    let name = rename
        .map_or_else(|| Case::Snake.of(&variant.ident.unraw().to_string()), |rename| rename.value);
    Class::Named { name, effect }
}

fn effect(entries: &Entries, errors: &mut Errors) -> Effect {
    match (entries.flag("timeout", errors), entries.flag("benign", errors)) {
        (false, false) => Effect::Failure,
        (true, false) => Effect::Timeout,
        (false, true) => Effect::Benign,
        (true, true) => {
            if let Some(entry) = entries.get("benign") {
                errors.report(
                    entry.key.span(),
                    "`benign` does not fit `timeout`, which is a failure; remove one of them",
                );
            }
            Effect::Timeout
        }
    }
}
