use syn::{Ident, Variant, ext::IdentExt, spanned::Spanned};

use super::spec::Spec;
use crate::{
    attribute::{Entries, Errors, unknown},
    case::Case,
    enum_input::{Declaration, Shape},
    runtime_path::RuntimePath,
};

/// The keys of the enum. `key` and `allow` belong to `derive(LabelSet)`, which can be on the same
/// enum.
const ENUM_KEYS: [&str; 4] = ["rename_all", "crate", "key", "allow"];

/// The keys of a variant.
const VARIANT_KEYS: [&str; 2] = ["rename", "other"];

/// Keys that do not belong on the enum.
const MISPLACED: [(&str, &str); 6] = [
    ("max", "the values of an enum are known; remove `max`"),
    ("recent", "the values of an enum are known; remove `recent`"),
    ("exemplar", "the values of an enum are known, and make few series; remove `exemplar`"),
    ("flatten", "`flatten` marks the field of a label set whose type is one itself; remove it"),
    ("other", "`other` goes on the variant that stands for every other text; move it there"),
    (
        "job",
        "an enum is one label, and the labels of a job are fields; remove `job`, and put it on the \
         struct that has this label",
    ),
];

/// Keys that do not belong on a variant.
const KEYS_OF_THE_ENUM: [(&str, &str); 2] = [
    ("rename_all", "`rename_all` goes on the enum, for all of its variants; move it there"),
    ("crate", "`crate` goes on the enum; move it there"),
];

pub(super) fn check<'a>(declaration: &'a Declaration, errors: &mut Errors) -> Spec<'a> {
    let Declaration { ident, generics, entries, shape } = declaration;
    entries.check_placed_keys(&ENUM_KEYS, &MISPLACED, errors);
    let runtime = RuntimePath::of(entries, errors);
    if let Some(parameter) = generics.params.first() {
        errors.report_on(parameter, "the values of a label are one type; remove the parameter");
    }
    let case = case(entries, errors);
    let mut other = None;
    let values = match shape {
        Shape::Enum(variants) => {
            if variants.is_empty() {
                errors.report(ident.span(), "an enum without variants has no values; add one");
            }
            other = check_other(variants, errors);
            values(variants, case, errors)
        }
        Shape::Other { keyword } => {
            errors.report(
                *keyword,
                "label values are the variants of an enum; make this an enum, or derive `LabelSet` \
                 for a struct of several labels",
            );
            Vec::new()
        }
    };
    Spec { ident, generics, runtime, values, other }
}

fn case(entries: &Entries, errors: &mut Errors) -> Case {
    let Some(name) = entries.text("rename_all", errors) else { return Case::Snake };
    Case::parse(&name.value).unwrap_or_else(|| {
        errors.report(name.span, unknown("case", &name.value, &Case::NAMES));
        Case::Snake
    })
}

fn values<'a>(
    variants: &'a [(Variant, Entries)],
    case: Case,
    errors: &mut Errors,
) -> Vec<(&'a Ident, String)> {
    let mut values: Vec<(&Ident, String)> = Vec::new();
    for (variant, entries) in variants {
        entries.check_placed_keys(&VARIANT_KEYS, &KEYS_OF_THE_ENUM, errors);
        if !variant.fields.is_empty() {
            errors.report(
                variant.fields.span(),
                "a label value has no data; remove the fields, or use a label set of several labels",
            );
            continue;
        }
        let renamed = entries.text("rename", errors);
        let at = renamed.as_ref().map_or(variant.ident.span(), |renamed| renamed.span);
        let value = renamed
            .map_or_else(|| case.of(&variant.ident.unraw().to_string()), |renamed| renamed.value);
        if value.is_empty() {
            errors.report(at, "an empty label value is the same as no label; give it a name");
        }
        if let Some((other, _)) = values.iter().find(|(_, known)| *known == value) {
            let message =
                format!("the value `{value}` is that of `{other}` too; rename one of them");
            errors.report(at, message);
            continue;
        }
        values.push((&variant.ident, value));
    }
    values
}

/// Checks that at most one variant stands for every other text.
fn check_other<'a>(variants: &'a [(Variant, Entries)], errors: &mut Errors) -> Option<&'a Ident> {
    let mut marked = Vec::new();
    for (variant, entries) in variants {
        if entries.flag("other", errors)
            && let Some(entry) = entries.get("other")
            // A variant with data is reported for its data.
            && variant.fields.is_empty()
        {
            marked.push((&variant.ident, entry.key.span()));
        }
    }
    if marked.len() > 1 {
        for (variant, at) in &marked {
            let message = format!(
                "`{variant}` is not the only variant that stands for every other text; remove \
                 `other` from all but one"
            );
            errors.report(*at, message);
        }
    }
    marked.first().map(|(variant, _)| *variant)
}
