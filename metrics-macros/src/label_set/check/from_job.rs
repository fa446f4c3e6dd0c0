//! The conversion of a job into labels: `job = …` on fields and `job(labels = …)` on the struct.

use quote::ToTokens;
use syn::{Expr, Ident};

use crate::{
    attribute::{Entries, Errors, Value, job_labels, unknown},
    label_set::spec::{Base, FromJob, JobPart, Label},
};

/// Reads `job = …` on a field.
pub(super) fn job_part(entries: &Entries, errors: &mut Errors) -> Option<JobPart> {
    let entry = entries.get("job")?;
    let path = match &entry.value {
        Value::Assigned(Expr::Path(path)) => path,
        Value::List(_) => {
            errors.report(
                entry.key.span(),
                "`job(…)` goes on the struct, for all of its fields; move it there",
            );
            return Some(JobPart::Invalid);
        }
        _ => {
            let ways = JobPart::ALL.map(|(word, _)| format!("`job = {word}`")).join(", ");
            let message = format!("what fills the label is missing; write one of {ways}");
            errors.report_on(entry.written(), message);
            return Some(JobPart::Invalid);
        }
    };
    let word = path.path.get_ident().map(Ident::to_string).unwrap_or_default();
    let part = JobPart::ALL.into_iter().find(|(known, _)| *known == word);
    if part.is_none() {
        let known = JobPart::ALL.map(|(known, _)| known);
        errors.report_on(path, unknown("part of a job", &word, &known));
    }
    Some(part.map_or(JobPart::Invalid, |(_, part)| part))
}

/// Checks whether a job can fill every label of a struct that has a conversion from a job.
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
    let is_complete = check_flattened(labels, errors);
    let base = labels.iter().find(|label| label.is_flattened())?;
    Some(FromJob { base: Base::Flattened(base.ty), is_complete })
}

/// Reads `job(labels = …)`, with which the struct takes single labels from the job by name and
/// cannot have a flattened set.
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
    let mut is_complete = labels.iter().all(|label| label.job != Some(JobPart::Invalid));
    for label in labels.iter().filter(|label| label.is_flattened()) {
        is_complete = false;
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
    Some(FromJob { base: Base::Named(base), is_complete })
}

/// Checks that beside the labels that a job fills there is exactly one flattened set, which is the
/// set of the job's own labels.
fn check_flattened(labels: &[Label<'_>], errors: &mut Errors) -> bool {
    let mut is_complete = labels.iter().all(|label| label.job != Some(JobPart::Invalid));
    let flattened = labels.iter().filter(|label| label.is_flattened()).count();
    for label in labels {
        if label.job.is_some_and(|part| part != JobPart::Invalid) && flattened != 1 {
            is_complete = false;
            errors.report(
                label.field.span(),
                "the job's own labels are missing; flatten exactly one set beside this label, or \
                 put `#[label(job(labels = …))]` on the struct to take single ones by name",
            );
        }
        if label.job.is_none() && !label.is_flattened() {
            is_complete = false;
            let ways = JobPart::ALL.map(|(word, _)| format!("`#[label(job = {word})]`")).join(", ");
            let message = format!(
                "a job cannot fill this label; move it into the flattened set, or mark it with one \
                 of {ways}"
            );
            errors.report(label.field.span(), message);
        }
    }
    is_complete
}
