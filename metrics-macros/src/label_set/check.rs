use osapi_metrics_rules::explain_label_key;
use proc_macro2::Span;
use syn::{
    Field, GenericArgument, GenericParam, Generics, Ident, PathArguments, Type, ext::IdentExt,
};

use super::{
    from_job::{FromJob, JobPart, check_from_job, job_part},
    parse::{Declaration, Shape},
};
use crate::{
    attribute::{Count, Entries},
    case::Case,
    errors::Errors,
    runtime_path::RuntimePath,
    ungrouped,
};

/// Labels that a metric can have.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) runtime: RuntimePath,
    pub(super) form: Form<'a>,
    /// How the labels are made from a job, if they are.
    pub(super) from_job: Option<FromJob<'a>>,
}

pub(super) enum Form<'a> {
    /// The fields of a struct.
    Fields(Vec<Label<'a>>),
    /// An enum that is a label itself.
    Itself { key: String },
}

pub(super) struct Label<'a> {
    pub(super) field: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) kind: LabelKind,
    /// What the job fills the field with.
    pub(super) job: Option<JobPart>,
}

pub(super) enum LabelKind {
    Closed {
        key: String,
    },
    Open {
        key: String,
        limit: Limit,
    },
    Flattened,
    /// A label with a mistake that would be reported a second time.
    Refused,
}

/// How many values an open label can take.
pub(super) enum Limit {
    /// In all.
    Max(Count),
    /// At a time.
    Recent(Count),
}

impl Limit {
    pub(super) fn count(&self) -> &Count {
        let (Self::Max(count) | Self::Recent(count)) = self;
        count
    }
}

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
            entries.check_placed_keys(&["crate", "allow", "job"], &KEYS_OF_FIELDS, errors);
            let labels = labels(fields, semconv, errors);
            from_job = check_from_job(ident, entries, &labels, errors);
            Form::Fields(labels)
        }
        // The keys of an enum are checked by `derive(LabelValue)`, which it needs too.
        Shape::Enum => {
            let key = entries.text("key", errors);
            let at = key.as_ref().map_or(ident.span(), |key| key.span);
            let key = key.map_or_else(|| Case::Snake.of(&ident.unraw().to_string()), |k| k.value);
            check_key(&key, at, semconv, errors);
            Form::Itself { key }
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
    Spec { ident, generics, runtime, form, from_job }
}

fn allows_semconv_names(entries: &Entries, errors: &mut Errors) -> bool {
    !entries.words("allow", &["semconv_names"], errors).is_empty()
}

/// The keys of a field.
const KEYS: [&str; 5] = ["key", "max", "recent", "flatten", "job"];

const OTHER: &str = "`other` marks the variant of an enum with `derive(LabelValue)` that stands \
                     for every other text; move it there";

/// Keys that do not belong on a field.
const KEYS_OF_OTHERS: [(&str, &str); 4] = [
    ("other", OTHER),
    ("allow", "`allow` goes on the struct, for all of its fields; move it there"),
    ("crate", "`crate` goes on the struct, for all of its fields; move it there"),
    ("rename_all", "`rename_all` goes on an enum with `derive(LabelValue)`; move it there"),
];

/// Keys that do not belong on the struct.
const KEYS_OF_FIELDS: [(&str, &str); 6] = [
    ("other", OTHER),
    ("key", "`key` is that of one label; move it to its field"),
    ("max", "`max` is that of one label; move it to its field"),
    ("recent", "`recent` is that of one label; move it to its field"),
    ("flatten", "`flatten` marks the field whose labels join these; move it there"),
    (
        "rename_all",
        "the keys are the names of the fields; write `#[label(key = \"…\")]` on each that needs \
         another",
    ),
];

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
            for key in ["key", "max", "recent", "job"] {
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
            let key = entries.text("key", errors);
            let at = key.as_ref().map_or(ident.span(), |key| key.span);
            let key = key.map_or_else(|| ident.unraw().to_string(), |key| key.value);
            check_key(&key, at, semconv, errors);
            if let Some((_, first)) = keys.iter().find(|(known, _)| *known == key) {
                for at in [*first, at] {
                    errors
                        .report(at, format!("two labels have the key `{key}`; rename one of them"));
                }
                LabelKind::Refused
            } else {
                keys.push((key.clone(), at));
                limited(key, field, entries, errors)
            }
        };
        let flattened = matches!(kind, LabelKind::Flattened);
        let job = if flattened { None } else { job_part(entries, errors) };
        labels.push(Label { field: ident, ty: &field.ty, kind, job });
    }
    labels
}

/// Rule L1.
fn check_key(key: &str, at: Span, semconv: bool, errors: &mut Errors) {
    if let Some(mistake) = explain_label_key(key, semconv) {
        errors.report(at, mistake);
    }
}

/// Rule L4: the declared number of values, which closed types do without.
fn limited(key: String, field: &Field, entries: &Entries, errors: &mut Errors) -> LabelKind {
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
            // A key that nobody knows may be a misspelt limit.
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
            LabelKind::Refused
        }
        (Some(KnownType::Optional), None) => {
            errors.report_on(
                &field.ty,
                "an `Option` has no closed set of values; give the enum a variant that stands for \
                 none, or declare `#[label(max = 100)]` if these are strings or integers",
            );
            LabelKind::Refused
        }
        (_, None) => LabelKind::Closed { key },
        (_, Some(_)) => LabelKind::Open { key, limit },
    }
}

enum KnownType {
    Open,
    Bool,
    OptionalBool,
    /// An `Option` of a type that tokens tell nothing of.
    Optional,
}

/// What the tokens of a type already tell; traits decide about all others.
fn known_type(ty: &Type) -> Option<KnownType> {
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
        "Option" => {
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let Some(GenericArgument::Type(inner)) = arguments.args.first() else { return None };
            Some(match known_type(inner) {
                Some(KnownType::Open) => KnownType::Open,
                Some(KnownType::Bool) => KnownType::OptionalBool,
                _ => KnownType::Optional,
            })
        }
        _ => None,
    }
}
