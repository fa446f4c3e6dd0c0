//! What each `on = …` of a job set's field does.
//!
//! They are called with an event that is known where the call stands, one after the other for all
//! fields of the set: inlined there, what does not concern the event is gone. All take the field,
//! the way from the job's labels to the field's, where the handler keeps the series it knows, the
//! job's labels, and the event.

use super::{
    JobEnd, JobEvent, JobStage,
    known::SeriesCache,
    labels::{SameLabels, LabelsOf},
};
use crate::core::{
    descriptor::{JobDescriptor, LabelSet, Slo},
    instruments::{
        Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, Histogram, HistogramSeries,
        HistogramValue, ObservableGauge, ObservableSeries, UpDownCounter, UpDownCounterSeries,
        UpDownCounterValue,
    },
    jobs::JobStatus,
};

/// Counters of what happens before the end, or of jobs whatever their end: the events that count,
/// the stage that labels are asked at, and whether the counter of a handler begins at 0.
macro_rules! counted {
    ($($on:ident: $event:pat, $stage:ident, $declared:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: CounterValue, W: LabelsOf<L, F>>(
            counter: &Counter<F, V>,
            _: W,
            known: Option<&SeriesCache<CounterSeries<V>>>,
            labels: &L,
            event: &JobEvent<'_>,
        ) {
            let find =
                || W::with_labels(labels, JobStage::$stage, |labels| counter.find(labels));
            match event {
                $event => {
                    SeriesCache::at_start(known, find, CounterSeries::inc);
                }
                JobEvent::Declared(job) if $declared(job) => {
                    SeriesCache::at_start(known, find, |_| {});
                }
                _ => {}
            }
        }
    )*};
}
counted! {
    created: JobEvent::Created, Created, always;
    started: JobEvent::Started, Started, always;
    retried: JobEvent::Retried, Started, |job: &JobDescriptor| job.has("attempt");
    slo_valid: JobEvent::Judged { .. }, Started, |job: &JobDescriptor| job.slo.is_some();
}

/// Begins at 0 with the first job that is judged, so that its share of all is known from then on.
#[inline(always)]
pub fn slo_good<L, F: LabelSet, V: CounterValue, W: LabelsOf<L, F>>(
    counter: &Counter<F, V>,
    _: W,
    known: Option<&SeriesCache<CounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    let good = match event {
        JobEvent::Judged { good, .. } => *good,
        JobEvent::Declared(JobDescriptor { slo: Some(_), .. }) => false,
        _ => return,
    };
    let find = || W::with_labels(labels, JobStage::Started, |labels| counter.find(labels));
    SeriesCache::at_start(known, find, |series| {
        if good {
            series.inc();
        }
    });
}

/// Counters of ends: the ends that count, and whether the counter of a handler begins at 0.
macro_rules! ends {
    ($($on:ident: $end:expr, $declared:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: CounterValue, W: LabelsOf<L, F>>(
            counter: &Counter<F, V>,
            _: W,
            known: Option<&SeriesCache<CounterSeries<V>>>,
            labels: &L,
            event: &JobEvent<'_>,
        ) {
            let counts: fn(&JobEnd) -> bool = $end;
            let find = |end: &JobEnd| {
                W::with_labels(labels, JobStage::Ended(end), |labels| counter.find(labels))
            };
            match event {
                JobEvent::Ended(end) if counts(end) => {
                    SeriesCache::at_end(known, W::OF_ERROR, end, || find(end), CounterSeries::inc);
                }
                JobEvent::Declared(job) if $declared(job) => {
                    for status in JobStatus::ALL {
                        // Classes of errors are not known in advance, so labels that need one have
                        // no series yet.
                        let end = JobEnd { final_attempt: true, ..JobEnd::of(status) };
                        if counts(&end) {
                            find(&end);
                        }
                    }
                }
                _ => {}
            }
        }
    )*};
}
ends! {
    completed: |end| end.status == JobStatus::Completed, always;
    failed: |end| end.status == JobStatus::Failed, always;
    timed_out: |end| end.status == JobStatus::TimedOut, always;
    cancelled: |end| end.status == JobStatus::Cancelled, always;
    panicked: |end| end.status == JobStatus::Panicked, always;
    finished: |_| true, always;
    dead_lettered: JobEnd::is_dead_lettered, |job: &JobDescriptor| job.has("final_attempt");
}

fn always(_: &JobDescriptor) -> bool {
    true
}

/// Adds one, and returns the series: what was added must be taken from the same one, whatever becomes
/// of the labels and of recording meanwhile.
#[inline(always)]
pub fn active<L, F: LabelSet, V: UpDownCounterValue, W: LabelsOf<L, F>>(
    counter: &UpDownCounter<F, V>,
    _: W,
    known: Option<&SeriesCache<UpDownCounterSeries<V>>>,
    labels: &L,
) -> Option<UpDownCounterSeries<V>> {
    let find = || W::with_labels(labels, JobStage::Started, |labels| counter.find(labels));
    SeriesCache::at_start(known, find, |series| {
        series.add_always(V::ONE);
        *series
    })
}

/// The series of a handler that is linked in begins at 0.
#[inline(always)]
pub fn active_declared<L, F: LabelSet, V: UpDownCounterValue, W: LabelsOf<L, F>>(
    counter: &UpDownCounter<F, V>,
    _: W,
    known: Option<&SeriesCache<UpDownCounterSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Declared(_) = event {
        let find = || W::with_labels(labels, JobStage::Started, |labels| counter.find(labels));
        SeriesCache::at_start(known, find, |_| {});
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
pub fn duration<L, F: LabelSet, V: HistogramValue, W: LabelsOf<L, F>>(
    histogram: &Histogram<F, V>,
    _: W,
    known: Option<&SeriesCache<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Ended(end) = event {
        let find = || W::with_labels(labels, JobStage::Ended(end), |labels| histogram.find(labels));
        SeriesCache::at_end(known, W::OF_ERROR, end, find, |series| {
            series.record_duration(end.duration);
        });
    }
}

/// Which attempts end how.
#[inline(always)]
pub fn attempts<L, F: LabelSet, V: HistogramValue, W: LabelsOf<L, F>>(
    histogram: &Histogram<F, V>,
    _: W,
    known: Option<&SeriesCache<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Ended(end) = event
        && let Some(attempt) = end.attempt
    {
        let find = || W::with_labels(labels, JobStage::Ended(end), |labels| histogram.find(labels));
        SeriesCache::at_end(known, W::OF_ERROR, end, find, |series| {
            series.record(V::from_f64(f64::from(attempt.get())));
        });
    }
}

#[inline(always)]
pub fn queue_wait<L, F: LabelSet, V: HistogramValue, W: LabelsOf<L, F>>(
    histogram: &Histogram<F, V>,
    _: W,
    known: Option<&SeriesCache<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Waited(wait) = event {
        let find = || W::with_labels(labels, JobStage::Started, |labels| histogram.find(labels));
        SeriesCache::at_start(known, find, |series| series.record_duration(*wait));
    }
}

#[inline(always)]
pub fn output_size<L, F: LabelSet, V: HistogramValue, W: LabelsOf<L, F>>(
    histogram: &Histogram<F, V>,
    _: W,
    known: Option<&SeriesCache<HistogramSeries<V>>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Output(bytes) = event {
        let find = || W::with_labels(labels, JobStage::Started, |labels| histogram.find(labels));
        SeriesCache::at_start(known, find, |series| series.record(V::from_f64(*bytes as f64)));
    }
}

/// When a job of these labels last completed, in seconds since 1970.
#[inline(always)]
pub fn last_success<L, F: LabelSet, W: LabelsOf<L, F>>(
    gauge: &Gauge<F>,
    _: W,
    known: Option<&SeriesCache<GaugeSeries>>,
    labels: &L,
    event: &JobEvent<'_>,
) {
    if let JobEvent::Succeeded(at) = event
        && let Some(seconds) = at.unix_seconds()
    {
        let find = || W::with_labels(labels, JobStage::Started, |labels| gauge.find(labels));
        SeriesCache::at_start(known, find, |series| series.set_time(seconds));
    }
}

/// Gauges of what a handler declares as its service-level objective: known from the start if all its
/// jobs have the same labels, else from the first job.
macro_rules! objectives {
    ($($on:ident: $value:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, W: LabelsOf<L, F>>(
            gauge: &Gauge<F>,
            _: W,
            known: Option<&SeriesCache<GaugeSeries>>,
            labels: &L,
            event: &JobEvent<'_>,
        ) {
            let slo = match event {
                JobEvent::Declared(job) => job.slo.as_ref(),
                JobEvent::Judged { slo, .. } => Some(*slo),
                _ => None,
            };
            if let Some(slo) = slo {
                let find =
                    || W::with_labels(labels, JobStage::Started, |labels| gauge.find(labels));
                let value: fn(&Slo) -> f64 = $value;
                SeriesCache::at_start(known, find, |series| series.set_once(value(slo)));
            }
        }
    )*};
}
objectives! {
    slo_target: |slo| slo.target;
    slo_latency: |slo| slo.latency.as_secs_f64();
}

/// The series of the age of the oldest job.
#[inline(always)]
pub fn oldest_active<L, F: LabelSet + SameLabels<L>>(
    gauge: &ObservableGauge<F>,
    known: Option<&SeriesCache<ObservableSeries>>,
    labels: &L,
) -> Option<ObservableSeries> {
    SeriesCache::at_start(known, || Some(gauge.find(F::same_labels(labels))), |series| *series)
}
