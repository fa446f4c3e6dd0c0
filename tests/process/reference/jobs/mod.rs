//! Jobs of the three systems with every end, and their series in a scrape.

mod job_queue;
mod osapi;
mod tasker;

use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::LazyLock,
    task::{Context, Poll, Waker},
};

use osapi_metrics::{Metrics, descriptor::InstrumentKind, exposition::Format};
use osapi_metrics_tests::{
    otlp_receiver::{Labels, Value},
    scrape::{self, Family},
};

use crate::{SHOWN, install};

/// The runtime that the tests scrape.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// The body of a job.
pub(crate) enum Work<T, E> {
    Return(T),
    Fail(E),
    Hang,
    Panic,
}

impl<T, E> Work<T, E> {
    async fn perform(self) -> Result<T, E> {
        match self {
            Self::Return(output) => Ok(output),
            Self::Fail(error) => Err(error),
            Self::Hang => pending().await,
            Self::Panic => panic!("as asked"),
        }
    }
}

/// Runs a job that does not wait.
fn run<T>(job: impl Future<Output = T>) -> T {
    match pin!(job).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the job waits"),
    }
}

/// Polls a job that waits for ever, calls `look`, and cancels the job.
fn cancel<T>(job: impl Future<Output = T>, look: impl FnOnce()) {
    let mut job = pin!(job);
    assert!(job.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    look();
}

/// Runs a job that panics.
fn panic<T>(job: impl FnOnce() -> T) {
    assert!(catch_unwind(AssertUnwindSafe(job)).is_err(), "the job does not panic");
}

/// The families of these names, which are the same in both formats.
fn scraped(names: &[&'static str]) -> Vec<(&'static str, Family)> {
    let mut text = scrape::parse(&RUNTIME.render(Format::Text), scrape::Format::Text);
    let mut open = scrape::parse(&RUNTIME.render(Format::OpenMetrics), scrape::Format::OpenMetrics);
    let family = |name| {
        let text = text.remove(name).unwrap_or_else(|| panic!("`{name}` is not shown"));
        let open = open.remove(name).unwrap_or_else(|| panic!("`{name}` is not in OpenMetrics"));
        // Only `OpenMetrics` has units.
        assert_eq!(text, Family { unit: None, ..open.clone() }, "`{name}` in both formats");
        (name, open)
    };
    names.iter().copied().map(family).collect()
}

/// A line for every series of these families: the labels in the order of their keys, and the value
/// or, for a histogram, the number of samples. Checks types, units and keys against `SHOWN`.
fn shown(names: &[&'static str]) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, family) in scraped(names) {
        assert_as_in_table(name, &family);
        for (labels, value) in &family.series {
            let labels = text(labels);
            lines.push(match value {
                Value::Number(number) => format!("{name}{{{labels}}} {number}"),
                Value::Histogram { count, .. } => format!("{name}{{{labels}}} {count} samples"),
            });
        }
    }
    lines
}

fn text(labels: &Labels) -> String {
    let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.join(" ")
}

fn assert_as_in_table(name: &str, family: &Family) {
    // Metrics of the framework that are not in the table have tests of their own.
    let Some((_, kind, unit, keys)) = SHOWN.iter().find(|(shown, ..)| *shown == name) else {
        return;
    };
    let shown_as = match kind {
        InstrumentKind::Counter => "counter",
        InstrumentKind::Histogram => "histogram",
        _ => "gauge",
    };
    assert_eq!(family.kind, shown_as, "type of `{name}`");
    let unit = match *unit {
        Some("s") => Some("seconds"),
        Some("ms") => Some("milliseconds"),
        Some("By") => Some("bytes"),
        _ => None,
    };
    assert_eq!(family.unit.as_deref(), unit, "unit of `{name}`");
    for labels in family.series.keys() {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        assert!(labels.keys().eq(&keys), "labels of `{name}`: {labels:?}");
    }
}

/// The samples in each bucket of the only series of a histogram, and their sum.
fn samples(name: &'static str, boundaries: &[f64]) -> (Vec<u64>, f64) {
    let family = scraped(&[name]).remove(0).1;
    let mut series = family.series.into_values();
    let (Some(Value::Histogram { bounds, buckets, sum, .. }), None) =
        (series.next(), series.next())
    else {
        panic!("`{name}` is no histogram of one series")
    };
    assert_eq!(bounds, boundaries, "boundaries of `{name}`");
    (buckets, sum)
}

/// Asserts that every series of a histogram has these boundaries.
fn assert_boundaries(name: &'static str, boundaries: &[f64]) {
    let family = scraped(&[name]).remove(0).1;
    for (labels, value) in &family.series {
        let Value::Histogram { bounds, .. } = value else { panic!("`{name}` is no histogram") };
        assert_eq!(bounds, boundaries, "boundaries of `{name}` for {labels:?}");
    }
}
