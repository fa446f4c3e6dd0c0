//! What each `on = …` of a job set's field does.
//!
//! All take the field, the way from the job's labels to the field's, where the handler keeps the
//! series it knows, the job's labels, and the event.

use super::{JobEnd, JobEvent, known::KnownSeries};
use crate::{
    Counter, CounterSeries, CounterValue, Histogram, HistogramSeries, HistogramValue, JobStatus,
    LabelSet, ObservableGauge, ObservableSeries, UpDownCounter, UpDownCounterSeries,
    UpDownCounterValue,
};

/// From the labels of a job to those of a metric without labels.
pub fn unlabelled<L>(_: &L, _: Option<&JobEnd>) -> Option<()> {
    Some(())
}

pub fn created<L, F: LabelSet, V: CounterValue>(
    counter: &Counter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<CounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Created | JobEvent::Declared = event {
        let series = KnownSeries::at_start(known, || label(labels, None).map(|l| counter.with(l)));
        count(series, event);
    }
}

pub fn started<L, F: LabelSet, V: CounterValue>(
    counter: &Counter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<CounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Started | JobEvent::Declared = event {
        let series = KnownSeries::at_start(known, || label(labels, None).map(|l| counter.with(l)));
        count(series, event);
    }
}

/// A series that is declared begins at 0 as soon as it is asked for.
fn count<V: CounterValue>(series: Option<CounterSeries<V>>, event: &JobEvent<'_>) {
    if let Some(series) = series
        && !matches!(event, JobEvent::Declared)
    {
        series.inc();
    }
}

macro_rules! ends {
    ($($on:ident: $($status:ident)|*;)*) => {$(
        pub fn $on<L, F: LabelSet, V: CounterValue>(
            counter: &Counter<F, V>,
            label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
            known: Option<&KnownSeries<CounterSeries<V>>>,
            labels: &L,
            event: &JobEvent<'_>,
        ) {
            let series = |end: &JobEnd| {
                let find = || label(labels, Some(end)).map(|labels| counter.with(labels));
                KnownSeries::at_end(known, end, find)
            };
            ended(series, event, &[$(JobStatus::$status),*]);
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

#[inline]
fn ended<V: CounterValue>(
    series: impl Fn(&JobEnd) -> Option<CounterSeries<V>>,
    event: &JobEvent<'_>,
    statuses: &[JobStatus],
) {
    match event {
        JobEvent::Ended(end) if statuses.contains(&end.status) => {
            if let Some(series) = series(end) {
                series.inc();
            }
        }
        JobEvent::Declared => {
            for status in statuses {
                // Classes of errors are not known in advance, so labels that need one have no series
                // yet.
                series(&JobEnd::imagined(*status));
            }
        }
        _ => {}
    }
}

pub fn active<L, F: LabelSet, V: UpDownCounterValue>(
    counter: &UpDownCounter<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<UpDownCounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    let change = match event {
        JobEvent::Started => V::ONE,
        JobEvent::Ended(_) => V::MINUS_ONE,
        JobEvent::Declared => V::ZERO,
        _ => return,
    };
    // That of the start also at the end, and also if recording is off by then: what was added must be
    // taken from the same series.
    let find = || label(labels, None).map(|labels| counter.with_always(&labels));
    if let Some(series) = KnownSeries::at_start(known, find) {
        series.add_always(change);
    }
}

pub fn duration<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Ended(end) = event {
        let find = || label(labels, Some(end)).map(|labels| histogram.with(labels));
        if let Some(series) = KnownSeries::at_end(known, end, find) {
            series.record_duration(end.duration);
        }
    }
}

pub fn queue_wait<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Waited(wait) = event {
        let find = || label(labels, None).map(|labels| histogram.with(labels));
        if let Some(series) = KnownSeries::at_start(known, find) {
            series.record_duration(*wait);
        }
    }
}

pub fn output_size<L, F: LabelSet, V: HistogramValue>(
    histogram: &Histogram<F, V>,
    label: impl Fn(&L, Option<&JobEnd>) -> Option<F>,
    known: Option<&KnownSeries<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Output(bytes) = event {
        let find = || label(labels, None).map(|labels| histogram.with(labels));
        if let Some(series) = KnownSeries::at_start(known, find) {
            series.record(V::from_f64(*bytes as f64));
        }
    }
}

/// The series of the age of the oldest job.
pub fn oldest_active<L: LabelSet + Clone>(
    gauge: &ObservableGauge<L>,
    known: Option<&KnownSeries<ObservableSeries>>,
    labels: &L,
) -> Option<ObservableSeries> {
    KnownSeries::at_start(known, || Some(gauge.with(labels.clone())))
}
