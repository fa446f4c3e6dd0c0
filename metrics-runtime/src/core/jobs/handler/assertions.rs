//! The checks that the compiler makes of a handler, once it knows the set that records the jobs.

use std::time::Duration;

use osapi_metrics_rules::Message;

use super::latency::{is_boundary, nearest_boundary};
use crate::core::{
    descriptor::{EventBinding, MetricDescriptor},
    jobs::guard::JobMetricSet,
};

/// Checks that the set records the data of a key of the attribute.
///
/// # Panics
///
/// At compile time, with the remedy.
#[track_caller]
pub(super) const fn assert_recorded<S: JobMetricSet>(key: &str) {
    let (needed, alternative) = match key.as_bytes() {
        b"queued_at" | b"scheduled_at" => ("queue_wait", None),
        b"attempt" => ("attempts", Some("retried")),
        b"final_attempt" => ("dead_lettered", None),
        b"output_size" => ("output_size", None),
        b"slo" => ("slo_valid", None),
        b"buckets" => ("duration", None),
        _ => return,
    };
    let found = find::<S>(needed).is_some()
        || match alternative {
            Some(alternative) => find::<S>(alternative).is_some(),
            None => false,
        };
    if !found {
        let message = Message::new().text("the metric set records nothing of `").text(key);
        let message = message.text("`; add a metric with `on = ").text(needed);
        panic!("{}", message.text("` to it, or remove the key").as_str());
    }
}

/// Checks that the set records objectives, and that the latency of an objective is a boundary of
/// the histogram of durations. The buckets then agree with the counters of the objective.
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
    assert_boundary(latency, written, histogram.buckets, histogram.unit, histogram.name);
}

/// [`assert_latency`] for a handler with boundaries of its own.
///
/// # Panics
///
/// At compile time, with the nearest boundary.
#[track_caller]
pub(super) const fn assert_latency_in<S: JobMetricSet>(
    latency: Duration,
    written: &str,
    own: &[f64],
) {
    assert_recorded::<S>("slo");
    // Without a histogram of durations, `buckets` is refused.
    if let Some(histogram) = durations::<S>() {
        assert_boundary(latency, written, own, histogram.unit, "buckets");
    }
}

#[track_caller]
const fn assert_boundary(
    latency: Duration,
    written: &str,
    boundaries: &[f64],
    unit: Option<&str>,
    of: &str,
) {
    // A rule of its own refuses an empty list.
    if boundaries.is_empty() || is_boundary(boundaries, unit, latency) {
        return;
    }
    let message = Message::new().text("the latency `").text(written).text("` is no boundary of `");
    let message = message.text(of).text("`; the nearest is `");
    let nearest = nearest_boundary(boundaries, unit, latency);
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
