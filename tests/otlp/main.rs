//! The push over OTLP against a collector that answers as a script says: when a request is sent
//! again, how large it may be, and what a request carries after one that failed, and after a
//! runtime that has ended.

mod breaks;
mod bytes;
mod deltas;
mod ends;
mod intervals;
mod kept;
mod partial;
mod readers;
mod retries;
mod scopes;
mod sizes;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use osapi_metrics::{
    Counter, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::otlp_receiver::{Export, OtlpReceiver};

static RECORDING: RwLock<()> = RwLock::new(());

/// Lets a test run at the same time as other tests that read only series of their own.
fn beside_others() -> RwLockReadGuard<'static, ()> {
    RECORDING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no other test runs.
fn alone() -> RwLockWriteGuard<'static, ()> {
    RECORDING.write().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Debug, LabelSet)]
struct CaseLabels {
    #[label(max = 1000)]
    case: String,
}

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "pushed")]
struct PushedMetrics {
    /// Things, by test case.
    #[metric(unit = "{thing}")]
    things_total: Counter<CaseLabels>,
}

/// Counts things of a test case.
fn count(case: &str, things: u64) {
    let labels = CaseLabels { case: case.to_owned() };
    PushedMetrics::global().things_total.with(labels).add(things);
}

/// The number of things of a test case in an export.
fn counted(export: &Export, case: &str) -> Option<f64> {
    export.number("pushed_things_total", &[("case", case)])
}

/// The numbers of things of a test case in all exports.
fn counted_in_all(receiver: &OtlpReceiver, case: &str) -> Vec<f64> {
    receiver.exports().iter().filter_map(|export| counted(export, case)).collect()
}

fn install(config: MetricsConfig) -> Metrics {
    Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
}
