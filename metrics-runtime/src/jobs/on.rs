//! What each `on = …` of a job set's field does.
//!
//! They are called with an event that is known where the call stands, one after the other for all
//! fields of the set: inlined there, what does not concern the event is gone. All take the field, the way from the job's labels to the field's, where the handler keeps the
//! series it knows, the job's labels, and the event.

use super::{JobEnd, JobEvent, known::KnownSeries};
use crate::{
    Counter, CounterSeries, CounterValue, Histogram, HistogramSeries, HistogramValue, JobStatus,
    LabelSet, ObservableGauge, ObservableSeries, UpDownCounter, UpDownCounterSeries,
    UpDownCounterValue,
};

/// From the labels of a job to those of a metric without labels.
#[inline(always)]
pub fn unlabelled<L>(_: &L, _: Option<&JobEnd>) -> Option<()> {
    Some(())
}

#[inline(always)]
pub fn created<L, F: LabelSet, V: CounterValue>(
    counter: &Counter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<CounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Created | JobEvent::Declared = event {
        let find = || label(labels, None).map(|labels| counter.find(&labels));
        KnownSeries::at_start(known, find, |series| count(series, event));
    }
}

#[inline(always)]
pub fn started<L, F: LabelSet, V: CounterValue>(
    counter: &Counter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<CounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Started | JobEvent::Declared = event {
        let find = || label(labels, None).map(|labels| counter.find(&labels));
        KnownSeries::at_start(known, find, |series| count(series, event));
    }
}

/// A series that is declared begins at 0 as soon as it is asked for.
#[inline(always)]
fn count<V: CounterValue>(series: &CounterSeries<V>, event: &JobEvent<'_>) {
    if !matches!(event, JobEvent::Declared) {
        series.inc();
    }
}

macro_rules! ends {
    ($($on:ident: $($status:ident)|*;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: CounterValue>(
            counter: &Counter<F, V>,
            label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
            known: Option<&KnownSeries<CounterSeries<V>>>,
            labels: &L,
            event: &JobEvent<'_>,
        ) {
            let find = |end: &JobEnd| label(labels, Some(end)).map(|labels| counter.find(&labels));
            ended(known, find, event, |status| matches!(status, $(JobStatus::$status)|*));
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

#[inline(always)]
fn ended<V: CounterValue>(
    known: Option<&KnownSeries<CounterSeries<V>>>,
    find: impl Fn(&JobEnd) -> Option<CounterSeries<V>>,
    event: &JobEvent<'_>,
    counts: impl Fn(JobStatus) -> bool,
) {
    match event {
        JobEvent::Ended(end) if counts(end.status) => {
            KnownSeries::at_end(known, end, || find(end), CounterSeries::inc);
        }
        JobEvent::Declared => {
            for status in JobStatus::ALL.into_iter().filter(|status| counts(*status)) {
                // Classes of errors are not known in advance, so labels that need one have no series
                // yet.
                let end = JobEnd::of(status);
                KnownSeries::at_end(known, &end, || find(&end), |_| {});
            }
        }
        _ => {}
    }
}

/// Adds one, and returns the series: what was added must be taken from the same one, whatever becomes
/// of the labels and of recording meanwhile.
#[inline(always)]
pub fn active<L, F: LabelSet, V: UpDownCounterValue>(
    counter: &UpDownCounter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<UpDownCounterSeries<V>>>,
    labels: &L,
) -> Option<UpDownCounterSeries<V>> {
    let find = || label(labels, None).map(|labels| counter.find(&labels));
    KnownSeries::at_start(known, find, |series| {
        series.add_always(V::ONE);
        *series
    })
}

/// The series of a handler that is linked in begins at 0.
#[inline(always)]
pub fn active_declared<L, F: LabelSet, V: UpDownCounterValue>(
    counter: &UpDownCounter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<UpDownCounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Declared = event {
        let find = || label(labels, None).map(|labels| counter.find(&labels));
        KnownSeries::at_start(known, find, |_| {});
    }
}

/// Takes back what [`active`] has added, also if recording is off by now.
#[inline(always)]
pub fn inactive<V: UpDownCounterValue>(series: Option<UpDownCounterSeries<V>>) {
    if let Some(series) = series {
        series.add_always(V::MINUS_ONE);
    }
}

#[inline(always)]
pub fn duration<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Ended(end) = event {
        let find = || label(labels, Some(end)).map(|labels| histogram.find(&labels));
        KnownSeries::at_end(known, end, find, |series| series.record_duration(end.duration));
    }
}

#[inline(always)]
pub fn queue_wait<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Waited(wait) = event {
        let find = || label(labels, None).map(|labels| histogram.find(&labels));
        KnownSeries::at_start(known, find, |series| series.record_duration(*wait));
    }
}

#[inline(always)]
pub fn output_size<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Output(bytes) = event {
        let find = || label(labels, None).map(|labels| histogram.find(&labels));
        KnownSeries::at_start(known, find, |series| series.record(V::from_f64(*bytes as f64)));
    }
}

/// The series of the age of the oldest job.
#[inline(always)]
pub fn oldest_active<L: LabelSet + Clone>(
    gauge: &ObservableGauge<L>,
    known: Option<&KnownSeries<ObservableSeries>>,
    labels: &L,
) -> Option<ObservableSeries> {
    KnownSeries::at_start(known, || Some(gauge.with(labels.clone())), |series| *series)
}
