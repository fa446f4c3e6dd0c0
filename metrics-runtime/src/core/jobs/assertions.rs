//! What the compiler checks of a handler once it knows the set that its jobs are recorded in.

use std::{marker::PhantomData, time::Duration};

use osapi_metrics_rules::Message;

use super::{EventBinding, FromJob, JobMetricSet};
use crate::core::descriptor::MetricDescriptor;

/// Whether the set records what a key of the attribute tells.
///
/// # Panics
///
/// At compile time, with the remedy.
#[track_caller]
pub(super) const fn assert_recorded<S: JobMetricSet>(key: &str) {
    let (needed, also) = match key.as_bytes() {
        b"queued_at" | b"scheduled_at" => ("queue_wait", None),
        b"attempt" => ("attempts", Some("retried")),
        b"final_attempt" => ("dead_lettered", None),
        b"output_size" => ("output_size", None),
        b"slo" => ("slo_valid", None),
        _ => return,
    };
    let found = find::<S>(needed).is_some()
        || match also {
            Some(also) => find::<S>(also).is_some(),
            None => false,
        };
    if !found {
        let message = Message::new().text("the metric set records nothing of `").text(key);
        let message = message.text("`; add a metric with `on = ").text(needed);
        panic!("{}", message.text("` to it, or remove the key").as_str());
    }
}

/// The labels `F` of a metric of jobs that have the labels `L`.
#[derive(Debug)]
pub struct LabelNeeds<F, L>(PhantomData<fn(F, L)>);

impl<F: FromJob<L>, L> LabelNeeds<F, L> {
    /// Whether a job has them only once it has ended.
    pub const NEEDS_END: bool = F::NEEDS_END;

    /// Whether a job has them only if it returned an error.
    pub const NEEDS_ERROR: bool = F::NEEDS_ERROR;
}

/// Labels that are not made from those of the job, which is a mistake that is reported elsewhere.
pub trait NoLabelNeeds {
    /// Nothing is known of it.
    const NEEDS_END: bool = false;

    /// Nothing is known of it.
    const NEEDS_ERROR: bool = false;
}

impl<F, L> NoLabelNeeds for LabelNeeds<F, L> {}

/// Whether a job has the labels of a metric when the metric would be recorded.
///
/// # Panics
///
/// At compile time, with the remedy.
#[track_caller]
pub const fn assert_labels_available(on: &str, needs_end: bool, needs_error: bool) {
    let message = Message::new().text("`on = ").text(on);
    match on.as_bytes() {
        b"finished" | b"failed" | b"timed_out" | b"dead_lettered" | b"duration" | b"attempts" => {}
        b"completed" | b"cancelled" | b"panicked" => {
            let message = message.text("` is an end without an error, which a label needs");
            let message = message.text("; use `on = failed`, or remove the label");
            assert!(!needs_error, "{}", message.as_str());
        }
        _ => {
            let message = message.text("` comes before a job's end, which a label needs");
            let message =
                message.text("; use `on = finished`, a label with `job = stage`, or none");
            assert!(!needs_end, "{}", message.as_str());
        }
    }
}

/// Whether the set records objectives, and the latency of this one is a boundary of the histogram of
/// durations, so that its buckets show the same as the counters of the objective.
///
/// # Panics
///
/// At compile time, with the nearest boundary.
#[track_caller]
pub(super) const fn assert_latency<S: JobMetricSet>(latency: Duration, written: &str) {
    assert_recorded::<S>("slo");
    let Some(histogram) = durations::<S>() else {
        panic!(
            "the metric set has no histogram of durations, which shows the latency of an objective; \
             add one with `on = duration`, or remove `slo`"
        );
    };
    if shows(histogram.buckets, histogram.unit, latency) {
        return;
    }
    let message = Message::new().text("the latency `").text(written).text("` is no boundary of `");
    let message = message.text(histogram.name).text("`; the nearest is `");
    let (nearest, unit) =
        (nearest(histogram.buckets, in_unit(latency, histogram.unit)), histogram.unit);
    let unit = match unit {
        Some(unit) => unit,
        None => "",
    };
    panic!("{}", message.decimal(nearest).text(unit).text("`").as_str());
}

/// The histogram of durations of a set.
pub(super) const fn durations<S: JobMetricSet>() -> Option<&'static MetricDescriptor> {
    match find::<S>("duration") {
        Some(EventBinding { metric, .. }) => Some(&S::DESCRIPTORS[*metric]),
        None => None,
    }
}

/// Whether a latency is one of these boundaries.
pub(crate) const fn shows(boundaries: &[f64], unit: Option<&str>, latency: Duration) -> bool {
    let latency = in_unit(latency, unit);
    let mut i = 0;
    while i < boundaries.len() {
        let difference = boundaries[i] - latency;
        // Both come from decimal fractions, which floats cannot hold exactly.
        if difference < latency * 1e-12 && difference > -latency * 1e-12 {
            return true;
        }
        i += 1;
    }
    false
}

const fn in_unit(latency: Duration, unit: Option<&str>) -> f64 {
    let seconds = latency.as_secs_f64();
    let Some(unit) = unit else { return seconds };
    match unit.as_bytes() {
        b"ms" => seconds * 1e3,
        b"us" => seconds * 1e6,
        b"ns" => seconds * 1e9,
        _ => seconds,
    }
}

const fn nearest(boundaries: &[f64], value: f64) -> f64 {
    let mut nearest = 0.0;
    let mut distance = f64::INFINITY;
    let mut i = 0;
    while i < boundaries.len() {
        if (boundaries[i] - value).abs() < distance {
            nearest = boundaries[i];
            distance = (boundaries[i] - value).abs();
        }
        i += 1;
    }
    nearest
}

const fn find<S: JobMetricSet>(on: &str) -> Option<&'static EventBinding> {
    let mut i = 0;
    while i < S::EVENT_BINDINGS.len() {
        if equal(S::EVENT_BINDINGS[i].on.as_bytes(), on.as_bytes()) {
            return Some(&S::EVENT_BINDINGS[i]);
        }
        i += 1;
    }
    None
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}
