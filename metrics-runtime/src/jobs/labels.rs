use super::JobEnd;
use crate::LabelSet;

/// A label set that is made from the labels of a job and, where it asks for them, the job's status
/// and error type.
///
/// `derive(LabelSet)` implements it for a struct that flattens the job's labels and marks the
/// others with `#[label(job = status)]` or `#[label(job = error_type)]`:
///
/// ```
/// use osapi_metrics::{JobStatus, LabelSet};
///
/// #[derive(Clone, LabelSet)]
/// struct StepLabels { #[label(max = 20)] namespace: String }
///
/// #[derive(LabelSet)]
/// struct StepEndLabels {
///     #[label(flatten)]
///     step: StepLabels,
///     #[label(job = status)]
///     status: JobStatus,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from the labels of the job, `{Base}`",
    label = "neither `{Base}` itself nor made from it",
    note = "flatten the job's labels (`#[label(flatten)]`) and mark every other field with `#[label(job = status)]` or `#[label(job = error_type)]`"
)]
pub trait FromJob<Base>: Sized {
    /// The labels, unless they need an end that is not there yet or an error that did not happen.
    fn from_job(base: &Base, end: Option<&JobEnd>) -> Option<Self>;
}

impl<L: LabelSet + Clone> FromJob<L> for L {
    fn from_job(base: &L, _: Option<&JobEnd>) -> Option<Self> {
        Some(base.clone())
    }
}
