use std::time::Duration;

use super::{ActiveJobs, JobEnd};
use crate::{LabelSet, MetricSet};

/// A metric set that follows jobs: `#[metric_set(job(labels = …))]`, with `on = …` on its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not follow jobs",
    label = "not a metric set with `#[metric_set(job(labels = …))]`"
)]
pub trait JobSet: MetricSet {
    /// The labels that a job has from its start.
    type Labels: LabelSet + Clone + Send + Sync + 'static;

    /// Records what happened to a job of these labels in every metric that is concerned.
    #[doc(hidden)]
    fn on_event(&self, labels: &Self::Labels, event: &JobEvent<'_>);

    /// The jobs that run now, if a metric wants to know their age.
    #[doc(hidden)]
    fn active_jobs() -> Option<&'static ActiveJobs<Self::Labels>> {
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

/// What each `on = …` of a job set's field does. All take the field, the way from the job's labels
/// to the field's, the job's labels, and the event.
#[doc(hidden)]
pub mod on {
    use super::{JobEnd, JobEvent};
    use crate::{
        Counter, CounterValue, Histogram, HistogramValue, JobStatus, LabelSet, UpDownCounter,
        UpDownCounterValue,
    };

    /// From the labels of a job to those of a metric without labels.
    pub fn unlabelled<L>(_: &L, _: Option<&JobEnd>) -> Option<()> {
        Some(())
    }

    pub fn created<L, F: LabelSet, V: CounterValue>(
        counter: &Counter<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        count(counter, label(labels, None), event, matches!(event, JobEvent::Created));
    }

    pub fn started<L, F: LabelSet, V: CounterValue>(
        counter: &Counter<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        count(counter, label(labels, None), event, matches!(event, JobEvent::Started));
    }

    fn count<F: LabelSet, V: CounterValue>(
        counter: &Counter<F, V>,
        labels: Option<F>,
        event: &JobEvent<'_>,
        counts: bool,
    ) {
        if !counts && !matches!(event, JobEvent::Declared) {
            return;
        }
        if let Some(labels) = labels {
            let series = counter.with(labels);
            if counts {
                series.inc();
            }
        }
    }

    macro_rules! ends {
        ($($on:ident: $($status:ident)|*;)*) => {$(
            pub fn $on<L, F: LabelSet, V: CounterValue>(
                counter: &Counter<F, V>,
                label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
                labels: &L,
                event: &JobEvent<'_>,
            ) {
                ended(counter, label, labels, event, &[$(JobStatus::$status),*]);
            }
        )*};
    }
    ends! {
        completed: Completed;
        failed: Failed;
        timed_out: TimedOut;
        cancelled: Cancelled;
        panicked: Panicked;
        finished: Completed | Failed | TimedOut | Cancelled | Panicked;
    }

    fn ended<L, F: LabelSet, V: CounterValue>(
        counter: &Counter<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
        statuses: &[JobStatus],
    ) {
        match event {
            JobEvent::Ended(end) if statuses.contains(&end.status) => {
                if let Some(labels) = label(labels, Some(end)) {
                    counter.with(labels).inc();
                }
            }
            JobEvent::Declared => {
                for status in statuses {
                    // Classes of errors are not known in advance, so labels that need one have no
                    // series yet.
                    if let Some(labels) = label(labels, Some(&JobEnd::imagined(*status))) {
                        counter.with(labels);
                    }
                }
            }
            _ => {}
        }
    }

    pub fn active<L, F: LabelSet, V: UpDownCounterValue>(
        counter: &UpDownCounter<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        let change = match event {
            JobEvent::Started => V::ONE,
            JobEvent::Ended(_) => V::MINUS_ONE,
            JobEvent::Declared => V::ZERO,
            _ => return,
        };
        // Without the end, also at the end: what was added must be taken from the same series.
        if let Some(labels) = label(labels, None) {
            counter.with(labels).add_always(change);
        }
    }

    pub fn duration<L, F: LabelSet, V: HistogramValue>(
        histogram: &Histogram<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        if let JobEvent::Ended(end) = event
            && let Some(labels) = label(labels, Some(end))
        {
            histogram.with(labels).record_duration(end.duration);
        }
    }

    pub fn queue_wait<L, F: LabelSet, V: HistogramValue>(
        histogram: &Histogram<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        if let JobEvent::Waited(wait) = event
            && let Some(labels) = label(labels, None)
        {
            histogram.with(labels).record_duration(*wait);
        }
    }

    pub fn output_size<L, F: LabelSet, V: HistogramValue>(
        histogram: &Histogram<F, V>,
        label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
        labels: &L,
        event: &JobEvent<'_>,
    ) {
        if let JobEvent::Output(bytes) = event
            && let Some(labels) = label(labels, None)
        {
            histogram.with(labels).record(V::from_f64(*bytes as f64));
        }
    }
}
