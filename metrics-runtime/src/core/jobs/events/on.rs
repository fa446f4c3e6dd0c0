//! The effect of each `on = …` on the metric that has it.
//!
//! Each method `on_…` of a set calls these functions one after the other, for all metrics that
//! record the event. The caller knows the event. Inlined there, the branches of other events
//! disappear. Whoever begins or ends a job asks once whether recording is on.

use super::{EventSeries, JobEvent, Recording};
use crate::core::{
    descriptor::{JobDescriptor, LabelSet, Slo},
    instruments::{
        Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, Histogram, HistogramSeries,
        HistogramValue, ObservableGauge, ObservableSeries, UpDownCounter, UpDownCounterSeries,
        UpDownCounterValue,
    },
    jobs::{
        labels::{LabelConversion, SameLabels},
        outcome::{JobEnd, JobStatus},
    },
};

/// Counters of events before the end, or of jobs whatever their end. A row has the event, the stage
/// that the labels are made at, and whether the counter of a handler starts at 0.
macro_rules! counters {
    ($($on:ident: $event:pat => $at:ident, $declared:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: CounterValue, W: LabelConversion<L, F>>(
            counter: &Counter<F, V>,
            recording: Recording<'_, L, W, CounterSeries<V>>,
        ) {
            match recording.event {
                $event => {
                    recording.$at(counter, CounterSeries::inc_always);
                }
                JobEvent::Declared(job) if $declared(job) => {
                    recording.$at(counter, |_| {});
                }
                _ => {}
            }
        }
    )*};
}
counters! {
    created: JobEvent::Created => at_creation, always;
    started: JobEvent::Started => at_start, always;
    retried: JobEvent::Retried => at_start, |job: &JobDescriptor| job.has("attempt");
    slo_valid: JobEvent::Judged { .. } => at_start, |job: &JobDescriptor| job.slo.is_some();
}

/// Starts at 0 with the first job that counts for the objective, so that the share of good jobs is
/// known from then on.
#[inline(always)]
pub fn slo_good<L, F: LabelSet, V: CounterValue, W: LabelConversion<L, F>>(
    counter: &Counter<F, V>,
    recording: Recording<'_, L, W, CounterSeries<V>>,
) {
    let good = match recording.event {
        JobEvent::Judged { good, .. } => *good,
        JobEvent::Declared(JobDescriptor { slo: Some(_), .. }) => false,
        _ => return,
    };
    recording.at_start(counter, |series| {
        if good {
            series.inc_always();
        }
    });
}

/// Counters of ends. A row has the ends that count, and whether the counter of a handler starts at
/// 0.
macro_rules! ends {
    ($($on:ident: $end:expr, $declared:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: CounterValue, W: LabelConversion<L, F>>(
            counter: &Counter<F, V>,
            recording: Recording<'_, L, W, CounterSeries<V>>,
        ) {
            let counts: fn(&JobEnd) -> bool = $end;
            match recording.event {
                JobEvent::Ended(end) if counts(end) => {
                    recording.at_end(end, counter, CounterSeries::inc_always);
                }
                JobEvent::Declared(job) if $declared(job) => {
                    for status in JobStatus::ALL {
                        // The classes of errors are not known yet, so that labels that need an
                        // error have no series yet.
                        let end = JobEnd { final_attempt: true, ..JobEnd::of(status) };
                        if counts(&end) {
                            recording.declare_end(&end, counter);
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

/// Histograms. A row has the event, the stage of the labels, and the value that is recorded.
macro_rules! histograms {
    ($($on:ident: $event:pat => $at:ident($($end:ident)?), $record:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, V: HistogramValue, W: LabelConversion<L, F>>(
            histogram: &Histogram<F, V>,
            recording: Recording<'_, L, W, HistogramSeries<V>>,
        ) {
            if let $event = recording.event {
                recording.$at($($end,)? histogram, $record);
            }
        }
    )*};
}
histograms! {
    queue_wait: JobEvent::Waited(wait) => at_start(), |series| series.record_duration_always(*wait);
    output_size: JobEvent::Output(bytes) => at_start(),
        |series| series.record_always(V::from_f64(*bytes as f64));
    attempts: JobEvent::Ended(end @ JobEnd { attempt: Some(attempt), .. }) => at_end(end),
        |series| series.record_always(V::from_f64(f64::from(attempt.get())));
}

/// The durations of jobs. The series of a handler with boundaries of its own has them before the
/// first duration is recorded.
#[inline(always)]
pub fn duration<L, F: LabelSet, V: HistogramValue, W: LabelConversion<L, F>>(
    histogram: &Histogram<F, V>,
    recording: Recording<'_, L, W, HistogramSeries<V>>,
) {
    match recording.event {
        JobEvent::Ended(end) => {
            recording.at_end(end, histogram, |series| series.record_duration_always(end.duration));
        }
        JobEvent::Ending(end, boundaries) => {
            recording.before_end(end, |labels| histogram.lay_out(labels, boundaries));
        }
        _ => {}
    }
}

/// The time at which a job with these labels last completed, in seconds since 1970.
#[inline(always)]
pub fn last_success<L, F: LabelSet, W: LabelConversion<L, F>>(
    gauge: &Gauge<F>,
    recording: Recording<'_, L, W, GaugeSeries>,
) {
    if let JobEvent::Succeeded(at) = recording.event
        && let Some(seconds) = at.unix_seconds()
    {
        recording.at_start(gauge, |series| series.set_time(seconds));
    }
}

/// Gauges of the service-level objective that a handler declares. A gauge has its value from the
/// start if all jobs of the handler have the same labels, otherwise from the first job.
macro_rules! objectives {
    ($($on:ident: $value:expr;)*) => {$(
        #[inline(always)]
        pub fn $on<L, F: LabelSet, W: LabelConversion<L, F>>(
            gauge: &Gauge<F>,
            recording: Recording<'_, L, W, GaugeSeries>,
        ) {
            let slo = match recording.event {
                JobEvent::Declared(job) => job.slo.as_ref(),
                JobEvent::Judged { slo, .. } => Some(*slo),
                _ => None,
            };
            if let Some(slo) = slo {
                let value: fn(&Slo) -> f64 = $value;
                recording.at_start(gauge, |series| series.set_once(value(slo)));
            }
        }
    )*};
}
objectives! {
    slo_target: |slo| slo.target;
    slo_latency: |slo| slo.latency.as_secs_f64();
}

/// Adds one to the active jobs, and returns the series. [`inactive`] subtracts one from the same
/// series, even if recording has been switched off or the labels belong to another series by then.
#[inline(always)]
pub fn active<L, F: LabelSet, V: UpDownCounterValue, W: LabelConversion<L, F>>(
    counter: &UpDownCounter<F, V>,
    recording: Recording<'_, L, W, UpDownCounterSeries<V>>,
) -> Option<UpDownCounterSeries<V>> {
    recording.at_start(counter, |series| {
        series.add_always(V::ONE);
        *series
    })
}

/// Subtracts one from the series that [`active`] has returned, also if recording is off.
#[inline(always)]
pub fn inactive<V: UpDownCounterValue>(series: Option<UpDownCounterSeries<V>>) {
    if let Some(series) = series {
        series.add_always(V::MINUS_ONE);
    }
}

/// The active jobs of a handler start at 0.
#[inline(always)]
pub fn active_declared<L, F: LabelSet, V: UpDownCounterValue, W: LabelConversion<L, F>>(
    counter: &UpDownCounter<F, V>,
    recording: Recording<'_, L, W, UpDownCounterSeries<V>>,
) {
    if let JobEvent::Declared(_) = recording.event {
        recording.at_start(counter, |_| {});
    }
}

/// The series for the age of the oldest job.
#[inline(always)]
pub fn oldest_active<L, F: LabelSet + SameLabels<L>>(
    gauge: &ObservableGauge<F>,
    cache: Option<&'static EventSeries<ObservableSeries>>,
    labels: &L,
) -> Option<ObservableSeries> {
    let find = || Some(gauge.with_ref(F::same_labels(labels)));
    EventSeries::at_start(cache, find, |series| *series)
}
