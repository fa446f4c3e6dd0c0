//! `job(labels = …)`, which sets of metrics and sets of labels have.

use syn::Path;

use crate::{
    attribute::{Entries, Value},
    errors::Errors,
};

/// The labels that the jobs have from their start.
pub(crate) fn job_labels(entries: &Entries, errors: &mut Errors) -> Option<Path> {
    let entry = entries.get("job")?;
    let Value::List(tokens) = &entry.value else {
        errors.report_on(
            entry.written(),
            "the job's labels are missing; write `job(labels = JobLabels)`",
        );
        return None;
    };
    let mut job = Entries::default();
    job.read(tokens.clone(), errors);
    job.check_keys(&["labels"], errors);
    if job.is_empty() {
        errors.report(
            entry.key.span(),
            "the job's labels are missing; write `job(labels = JobLabels)`",
        );
    }
    job.path("labels", "JobLabels", errors)
}
