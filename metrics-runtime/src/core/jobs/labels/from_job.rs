use crate::core::{descriptor::LabelSet, jobs::outcome::JobStage};

/// A label set that is made from the labels of a job and, if it has fields for them, from the stage
/// of the job and from its end.
///
/// `derive(LabelSet)` implements it for a struct that flattens the job's labels and marks the
/// others with `#[label(job = status)]`, `#[label(job = error_type)]`, `#[label(job = error_name)]`
/// or `#[label(job = stage)]`. A struct with `#[label(job(labels = …))]` takes single labels of the
/// job, by the names of its fields:
///
/// ```
/// use osapi_metrics::{JobStatus, LabelSet};
///
/// #[derive(Clone, LabelSet)]
/// struct StepLabels {
///     #[label(max = 500)]
///     correlation_id: String,
///     #[label(max = 20)]
///     namespace: String,
/// }
///
/// #[derive(LabelSet)]
/// struct StepEndLabels {
///     #[label(flatten)]
///     step: StepLabels,
///     #[label(job = status)]
///     status: JobStatus,
/// }
///
/// #[derive(LabelSet)]
/// #[label(job(labels = StepLabels))]
/// struct NamespaceErrorLabels {
///     #[label(max = 20)]
///     namespace: String,
///     #[label(max = 50, job = error_type)]
///     error_type: String,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from the labels of the job, `{Base}`",
    label = "neither `{Base}` itself nor made from it",
    note = "flatten the job's labels (`#[label(flatten)]`), or take single ones by name (`#[label(job(labels = {Base}))]` on the struct), and mark what the job fills in with `#[label(job = status)]`, `error_type`, `error_name` or `stage`"
)]
pub trait FromJob<Base>: Sized {
    /// Whether the labels depend on the class or the name of an error. Series with such labels are
    /// looked up each time that a job fails, other series once for a handler.
    const OF_ERROR: bool = true;

    /// Whether a job has the labels only after its end. A metric that records an event before the
    /// end does not compile with such labels.
    const NEEDS_END: bool = false;

    /// Whether a job has the labels only if it returned an error that is a failure. A metric that
    /// records ends without an error does not compile with such labels.
    const NEEDS_ERROR: bool = false;

    /// The labels. `None` if they need the end of a job that has not ended, or the failure of a
    /// job that has none.
    fn from_job(base: &Base, stage: JobStage<'_>) -> Option<Self>;

    /// Calls `look` with the labels, and does not clone them if they are the job's own labels.
    #[doc(hidden)]
    #[inline]
    fn with_labels<R>(
        base: &Base,
        stage: JobStage<'_>,
        look: impl FnOnce(&Self) -> R,
    ) -> Option<R> {
        Self::from_job(base, stage).map(|labels| look(&labels))
    }
}

impl<L: LabelSet + Clone> FromJob<L> for L {
    const OF_ERROR: bool = false;

    fn from_job(base: &L, _: JobStage<'_>) -> Option<Self> {
        Some(base.clone())
    }

    #[inline]
    fn with_labels<R>(base: &L, _: JobStage<'_>, look: impl FnOnce(&L) -> R) -> Option<R> {
        Some(look(base))
    }
}
