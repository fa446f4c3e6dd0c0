use std::marker::PhantomData;

use super::JobStage;
use crate::core::descriptor::LabelSet;

/// A label set that is made from the labels of a job and, where it asks for them, from how far the
/// job is and how it ended.
///
/// `derive(LabelSet)` implements it for a struct that flattens the job's labels and marks the
/// others with `#[label(job = status)]`, `#[label(job = error_type)]`, `#[label(job = error_name)]`
/// or `#[label(job = stage)]`. A struct with `#[label(job(labels = …))]` takes single ones of the
/// job's labels, those whose fields have the same names:
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
    /// Whether the labels differ with the class or the name of an error. Series of such labels are
    /// looked up each time that a job fails; all others once for a handler.
    const OF_ERROR: bool = true;

    /// Whether a job has the labels only once it has ended. Metrics of what happens before refuse
    /// them when they are compiled.
    const NEEDS_END: bool = false;

    /// Whether a job has the labels only if it returned an error. Metrics of other ends refuse them
    /// when they are compiled.
    const NEEDS_ERROR: bool = false;

    /// The labels, unless they need an end that is not there yet or an error that did not happen.
    fn from_job(base: &Base, stage: JobStage<'_>) -> Option<Self>;

    /// Looks at the labels where nobody has to own them.
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

/// The labels of a job themselves.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the labels `{Self}` are not those of the job, `{L}`",
    label = "not with the labels `{L}`",
    note = "the age of the oldest job has the labels that jobs begin with: write `ObservableGauge<{L}>`"
)]
pub trait SameLabels<L> {
    /// The labels as they are.
    fn same_labels(labels: &L) -> &Self;
}

impl<L> SameLabels<L> for L {
    fn same_labels(labels: &L) -> &Self {
        labels
    }
}

/// The way from the labels of a job to those of a metric.
#[doc(hidden)]
pub trait LabelsOf<L, F> {
    /// Whether they differ with an error.
    const OF_ERROR: bool;

    /// Looks at the metric's labels, if the job has them at this stage.
    fn with_labels<R>(job: &L, stage: JobStage<'_>, look: impl FnOnce(&F) -> R) -> Option<R>;
}

/// To the labels that a metric declares, from these of a job.
#[doc(hidden)]
#[derive(Debug)]
pub struct FromJobLabels<L>(PhantomData<fn(L)>);

impl<L> FromJobLabels<L> {
    /// The only one.
    pub const CONVERSION: Self = Self(PhantomData);
}

impl<L, F: FromJob<L>> LabelsOf<L, F> for FromJobLabels<L> {
    const OF_ERROR: bool = F::OF_ERROR;

    #[inline]
    fn with_labels<R>(job: &L, stage: JobStage<'_>, look: impl FnOnce(&F) -> R) -> Option<R> {
        F::with_labels(job, stage, look)
    }
}

/// To a metric without labels.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoLabels;

impl<L> LabelsOf<L, ()> for NoLabels {
    const OF_ERROR: bool = false;

    #[inline]
    fn with_labels<R>(_: &L, _: JobStage<'_>, look: impl FnOnce(&()) -> R) -> Option<R> {
        Some(look(&()))
    }
}
