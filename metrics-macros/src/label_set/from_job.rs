//! How labels are made from a job: what its own labels bring, and what its end fills in.

use quote::ToTokens;
use syn::{Expr, Ident, Path, Type};

use super::check::{Label, LabelKind};
use crate::{
    attribute::Entries, entry::Value, errors::Errors, job_labels::job_labels, nearest::unknown,
};

/// Labels that are made from those of a job.
pub(super) struct FromJob<'a> {
    pub(super) base: Base<'a>,
    /// Whether every label can be filled.
    pub(super) fits: bool,
}

/// The labels that the job has from its start.
pub(super) enum Base<'a> {
    /// All of them, as the flattened set.
    Flattened(&'a Type),
    /// Those whose fields have the same names.
    Named(Path),
}

/// What a label is filled with, unless the job's labels have it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum JobPart {
    Stage,
    Status,
    ErrorType,
    ErrorName,
    /// Something that was reported.
    Refused,
}

impl JobPart {
    const ALL: [(&'static str, Self); 4] = [
        ("status", Self::Status),
        ("error_type", Self::ErrorType),
        ("error_name", Self::ErrorName),
        ("stage", Self::Stage),
    ];

    /// Whether there is nothing to fill the label with before the job's end.
    pub(super) fn needs_end(self) -> bool {
        !matches!(self, Self::Stage | Self::Refused)
    }

    /// Whether there is nothing to fill the label with unless the job has returned an error.
    pub(super) fn needs_error(self) -> bool {
        matches!(self, Self::ErrorType | Self::ErrorName)
    }

    /// Whether two errors can fill the label with different values. The user's code is handed the
    /// whole stage, with the error in it.
    pub(super) fn is_of_error(self) -> bool {
        self.needs_error() || self == Self::Stage
    }
}

/// `job = …` on a field.
pub(super) fn job_part(entries: &Entries, errors: &mut Errors) -> Option<JobPart> {
    let entry = entries.get("job")?;
    let path = match &entry.value {
        Value::Assigned(Expr::Path(path)) => path,
        Value::List(_) => {
            errors.report(
                entry.key.span(),
                "`job(…)` goes on the struct, for all of its fields; move it there",
            );
            return Some(JobPart::Refused);
        }
        _ => {
            let ways = JobPart::ALL.map(|(word, _)| format!("`job = {word}`")).join(", ");
            let message = format!("what fills the label is missing; write one of {ways}");
            errors.report_on(entry.written(), message);
            return Some(JobPart::Refused);
        }
    };
    let word = path.path.get_ident().map(Ident::to_string).unwrap_or_default();
    let part = JobPart::ALL.into_iter().find(|(known, _)| *known == word);
    if part.is_none() {
        let known = JobPart::ALL.map(|(known, _)| known);
        errors.report_on(path, unknown("part of a job", &word, &known));
    }
    Some(part.map_or(JobPart::Refused, |(_, part)| part))
}

/// Where the labels of a struct come from that is made from a job.
pub(super) fn check_from_job<'a>(
    ident: &Ident,
    entries: &Entries,
    labels: &[Label<'a>],
    errors: &mut Errors,
) -> Option<FromJob<'a>> {
    if entries.get("job").is_some() {
        return named(ident, entries, labels, errors);
    }
    if labels.iter().all(|label| label.job.is_none()) {
        return None;
    }
    let fits = check_flattened(labels, errors);
    let base = labels.iter().find(|label| label.is_flattened())?;
    Some(FromJob { base: Base::Flattened(base.ty), fits })
}

/// `job(labels = …)` takes single labels from the job, so that a flattened set is none of them.
fn named<'a>(
    ident: &Ident,
    entries: &Entries,
    labels: &[Label<'a>],
    errors: &mut Errors,
) -> Option<FromJob<'a>> {
    let base = job_labels(entries, errors)?;
    if base.is_ident(ident) {
        errors.report_on(
            base,
            "these are the labels themselves, which a metric of the job can have as they are; \
             remove `job(…)`",
        );
        return None;
    }
    let key = &entries.get("job")?.key;
    let mut fits = labels.iter().all(|label| label.job != Some(JobPart::Refused));
    for label in labels.iter().filter(|label| label.is_flattened()) {
        fits = false;
        let written = base.to_token_stream().to_string();
        if label.ty.to_token_stream().to_string() == written {
            let message = format!(
                "`{}` has all labels of the job, and `job(labels = {written})` takes single ones by \
                 name; remove `job(…)`",
                label.field,
            );
            errors.report(key.span(), message);
        } else {
            let message = format!(
                "`job(labels = {written})` takes single labels of the job by name, not sets; remove \
                 `{}`, and name the labels that it brings as fields",
                label.field,
            );
            errors.report(label.field.span(), message);
        }
    }
    Some(FromJob { base: Base::Named(base), fits })
}

/// Labels that a job fills in stand beside exactly one flattened set, the job's own.
fn check_flattened(labels: &[Label<'_>], errors: &mut Errors) -> bool {
    let mut fits = labels.iter().all(|label| label.job != Some(JobPart::Refused));
    let flattened = labels.iter().filter(|label| label.is_flattened()).count();
    for label in labels {
        if label.job.is_some_and(|part| part != JobPart::Refused) && flattened != 1 {
            fits = false;
            errors.report(
                label.field.span(),
                "the job's own labels are missing; flatten exactly one set beside this label, or \
                 put `#[label(job(labels = …))]` on the struct to take single ones by name",
            );
        }
        if label.job.is_none() && !label.is_flattened() {
            fits = false;
            let ways = JobPart::ALL.map(|(word, _)| format!("`#[label(job = {word})]`")).join(", ");
            let message = format!(
                "a job cannot fill this label; move it into the flattened set, or mark it with one \
                 of {ways}"
            );
            errors.report(label.field.span(), message);
        }
    }
    fits
}

impl Label<'_> {
    pub(super) fn is_flattened(&self) -> bool {
        matches!(self.kind, LabelKind::Flattened)
    }
}
