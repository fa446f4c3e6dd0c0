use osapi_metrics_rules::{explain_exemplar_label_key, explain_label_key};
use proc_macro2::Span;
use syn::spanned::Spanned;

use crate::{
    attribute::{Entries, Errors, GivenText},
    label_set::spec::LabelKey,
};

/// The keys of a struct; an enum has `key` in place of `job`.
pub(super) const STRUCT_KEYS: [&str; 3] = ["crate", "allow", "job"];

/// The keys of a field.
pub(super) const KEYS: [&str; 6] = ["key", "max", "recent", "exemplar", "flatten", "job"];

const OTHER: &str = "`other` marks the variant of an enum with `derive(LabelValue)` that stands \
                     for every other text; move it there";

/// Keys that do not belong on a field.
pub(super) const KEYS_OF_OTHERS: [(&str, &str); 4] = [
    ("other", OTHER),
    ("allow", "`allow` goes on the struct, for all of its fields; move it there"),
    ("crate", "`crate` goes on the struct, for all of its fields; move it there"),
    ("rename_all", "`rename_all` goes on an enum with `derive(LabelValue)`; move it there"),
];

/// Keys that do not belong on the struct.
pub(super) const KEYS_OF_FIELDS: [(&str, &str); 7] = [
    ("other", OTHER),
    ("key", "`key` is that of one label; move it to its field"),
    ("max", "`max` is that of one label; move it to its field"),
    ("recent", "`recent` is that of one label; move it to its field"),
    ("exemplar", "`exemplar` marks the label that only exemplars have; move it to its field"),
    ("flatten", "`flatten` marks the field whose labels join these; move it there"),
    (
        "rename_all",
        "the keys are the names of the fields; write `#[label(key = \"…\")]` on each that needs \
         another",
    ),
];

/// Reads `key = "…"` or a constant, and checks rule L1. The compiler checks constants. `default` is
/// the key without the attribute, at the place of the name that it is made of.
pub(super) fn read_key(
    entries: &Entries,
    (default, at): (String, Span),
    semconv: bool,
    errors: &mut Errors,
) -> (LabelKey, Span) {
    let (key, at) = match entries.given_text("key", errors) {
        Some(GivenText::Constant(key)) => {
            let at = key.span();
            return (LabelKey::Constant(key), at);
        }
        Some(GivenText::Literal(key)) => (key.value, key.span),
        None => (default, at),
    };
    let is_of_exemplars = entries.get("exemplar").is_some();
    let explain = if is_of_exemplars { explain_exemplar_label_key } else { explain_label_key };
    if let Some(message) = explain(&key, semconv) {
        errors.report(at, message);
    }
    (LabelKey::Literal(key), at)
}
