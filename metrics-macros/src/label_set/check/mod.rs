//! Checks a label set against the rules and reports every mistake.

mod exemplar;
mod from_job;
mod key;
mod limit;

use proc_macro2::Span;
use syn::{Field, GenericParam, ext::IdentExt};

use super::{
    parse::{Declaration, Shape},
    spec::{Form, Label, LabelKey, LabelKind, Spec},
};
use crate::{
    attribute::{Entries, Errors},
    case::Case,
    runtime_path::RuntimePath,
};
use exemplar::check_exemplar;
use from_job::{check_from_job, job_part};
use key::{KEYS, KEYS_OF_FIELDS, KEYS_OF_OTHERS, STRUCT_KEYS, read_key};
use limit::check_limit;

pub(super) fn check<'a>(declaration: &'a Declaration, errors: &mut Errors) -> Spec<'a> {
    let Declaration { ident, generics, entries, shape } = declaration;
    let runtime = RuntimePath::of(entries, errors);
    let semconv = allows_semconv_names(entries, errors);
    for parameter in &generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors
                .report_on(parameter, "the labels of a metric are one type; remove the parameter");
        }
    }
    let mut from_job = None;
    let form = match shape {
        Shape::Struct(fields) => {
            entries.check_placed_keys(&STRUCT_KEYS, &KEYS_OF_FIELDS, errors);
            let labels = labels(fields, semconv, errors);
            from_job = check_from_job(ident, entries, &labels, errors);
            Form::Fields(labels)
        }
        // `derive(LabelValue)` checks the keys of the enum, which needs both derives.
        Shape::Enum => {
            let default = (Case::Snake.of(&ident.unraw().to_string()), ident.span());
            let (key, _) = read_key(entries, default, semconv, errors);
            Form::SingleLabel { key }
        }
        Shape::Other { at } => {
            errors.report(
                *at,
                "labels are the named fields of a struct, or an enum; name the fields, since each \
                 name is a label key",
            );
            Form::Fields(Vec::new())
        }
    };
    Spec { ident, generics, runtime, form, semconv_names: semconv, from_job }
}

fn allows_semconv_names(entries: &Entries, errors: &mut Errors) -> bool {
    !entries.words("allow", &["semconv_names"], errors).is_empty()
}

fn labels<'a>(
    fields: &'a [(Field, Entries)],
    semconv: bool,
    errors: &mut Errors,
) -> Vec<Label<'a>> {
    let mut labels = Vec::new();
    let mut keys: Vec<(String, Span)> = Vec::new();
    for (field, entries) in fields {
        let Some(ident) = &field.ident else { continue };
        entries.check_placed_keys(&KEYS, &KEYS_OF_OTHERS, errors);
        let kind = if entries.flag("flatten", errors) {
            for key in ["key", "max", "recent", "exemplar", "job"] {
                if let Some(entry) = entries.get(key) {
                    let message = format!(
                        "`{key}` does not fit `flatten`; a flattened set brings its own labels, \
                         remove one of them"
                    );
                    errors.report(entry.key.span(), message);
                }
            }
            LabelKind::Flattened
        } else {
            let default = (ident.unraw().to_string(), ident.span());
            let (key, at) = read_key(entries, default, semconv, errors);
            let first = keys
                .iter()
                .find(|(known, _)| matches!(&key, LabelKey::Literal(key) if known == key));
            if let Some((key, first)) = first {
                for at in [*first, at] {
                    errors
                        .report(at, format!("two labels have the key `{key}`; rename one of them"));
                }
                LabelKind::Invalid
            } else {
                if let LabelKey::Literal(key) = &key {
                    keys.push((key.clone(), at));
                }
                if entries.flag("exemplar", errors) {
                    check_exemplar(key, field, entries, errors)
                } else {
                    check_limit(key, field, entries, errors)
                }
            }
        };
        let flattened = matches!(kind, LabelKind::Flattened);
        let job = if flattened { None } else { job_part(entries, errors) };
        labels.push(Label { field: ident, ty: &field.ty, kind, job });
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::{KEYS, STRUCT_KEYS};
    use crate::documentation::{all, documented};

    #[test]
    fn every_key_is_documented() {
        assert_eq!(documented("derive_label_set"), all(&[&STRUCT_KEYS, &KEYS]));
    }
}
