use std::marker::PhantomData;

use super::FromJob;
use crate::core::jobs::outcome::JobStage;

/// The conversion of the labels `L` of a job into the labels `F` of a metric.
#[doc(hidden)]
pub trait LabelConversion<L, F> {
    /// Whether the labels of the metric depend on the error.
    const OF_ERROR: bool;
    /// Whether a job has the labels only if it returned an error.
    const NEEDS_ERROR: bool;

    /// Calls `look` with the labels of the metric. `None` if the job does not have them at this
    /// stage.
    fn with_labels<R>(job: &L, stage: JobStage<'_>, look: impl FnOnce(&F) -> R) -> Option<R>;
}

/// The conversion for a metric with labels.
#[doc(hidden)]
#[derive(Debug)]
pub struct FromJobLabels<L>(PhantomData<fn(L)>);

impl<L> FromJobLabels<L> {
    /// The conversion.
    pub const CONVERSION: Self = Self(PhantomData);
}

impl<L, F: FromJob<L>> LabelConversion<L, F> for FromJobLabels<L> {
    const OF_ERROR: bool = F::OF_ERROR;
    const NEEDS_ERROR: bool = F::NEEDS_ERROR;

    #[inline]
    fn with_labels<R>(job: &L, stage: JobStage<'_>, look: impl FnOnce(&F) -> R) -> Option<R> {
        F::with_labels(job, stage, look)
    }
}

/// The conversion for a metric without labels.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoLabels;

impl<L> LabelConversion<L, ()> for NoLabels {
    const OF_ERROR: bool = false;
    const NEEDS_ERROR: bool = false;

    #[inline]
    fn with_labels<R>(_: &L, _: JobStage<'_>, look: impl FnOnce(&()) -> R) -> Option<R> {
        Some(look(&()))
    }
}

/// Labels of a metric that are the labels `L` of the job, unchanged.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the labels `{Self}` are not those of the job, `{L}`",
    label = "not with the labels `{L}`",
    note = "the age of the oldest job has the labels that jobs begin with: write `ObservableGauge<{L}>`"
)]
pub trait SameLabels<L> {
    /// The labels of the job.
    fn same_labels(labels: &L) -> &Self;
}

impl<L> SameLabels<L> for L {
    fn same_labels(labels: &L) -> &Self {
        labels
    }
}
