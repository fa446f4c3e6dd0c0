use std::time::Duration;

use super::JobEnd;
use crate::{LabelSet, MetricSet, ObservableSeries};

/// A metric set that follows jobs: `#[metric_set(job(labels = …))]`, with `on = …` on its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not follow jobs",
    label = "not a metric set with `#[metric_set(job(labels = …))]`"
)]
pub trait JobSet: MetricSet {
    /// The labels that a job has from its start.
    type Labels: LabelSet + Clone + Send + Sync + 'static;

    /// Where a handler keeps the series that its jobs concern, once they are known: for handlers
    /// whose jobs all have the same labels.
    #[doc(hidden)]
    type Known: Send + Sync + 'static;

    /// Nothing is known yet.
    #[doc(hidden)]
    const UNKNOWN: Self::Known;

    /// Records what happened to a job of these labels in every metric that is concerned.
    #[doc(hidden)]
    fn on_event(
        &self,
        labels: &Self::Labels,
        event: &JobEvent<'_>,
        known: Option<&'static Self::Known>,
    );

    /// The series that count a job among the active ones until its end.
    #[doc(hidden)]
    type Entered: Send + Sync + 'static;

    /// Counts a job among the active ones.
    #[doc(hidden)]
    fn enter(&self, labels: &Self::Labels, known: Option<&'static Self::Known>) -> Self::Entered;

    /// Counts it among them no more.
    #[doc(hidden)]
    fn leave(entered: &Self::Entered);

    /// The series that shows the age of the oldest job of these labels, if a metric does.
    #[doc(hidden)]
    fn oldest_active(
        &self,
        _: &Self::Labels,
        _: Option<&'static Self::Known>,
    ) -> Option<ObservableSeries> {
        None
    }
}

/// What happens to a job.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum JobEvent<'a> {
    /// A handler for such jobs is linked in: its counters start at 0.
    Declared,
    /// It was submitted.
    Created,
    /// It started.
    Started,
    /// It had waited this long when it started.
    Waited(Duration),
    /// It produced this many bytes.
    Output(u64),
    /// It ended.
    Ended(&'a JobEnd),
}
