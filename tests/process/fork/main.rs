//! Processes that are split by `fork()`: the new one has the memory, and one thread.
//!
//! A package of its own, because `fork()` and allocators are unsafe.
#![cfg(target_os = "linux")]

mod child;
mod lost_locks;
mod runtimes;
mod stopping_allocator;

use std::sync::{Mutex, MutexGuard, PoisonError};

use osapi_metrics::{Counter, Gauge, Histogram, JobMetrics, LabelSet, MetricSet, instrumented_job};

use stopping_allocator::StoppingAllocator;

#[global_allocator]
static ALLOCATOR: StoppingAllocator = StoppingAllocator;

/// Waits until no other test runs: a split has to find the threads of one test only.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Debug, LabelSet)]
struct Place {
    #[label(max = 1000)]
    place: String,
}

fn place(name: &str) -> Place {
    Place { place: name.to_owned() }
}

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "forked")]
struct ForkedMetrics {
    /// Things.
    things_total: Counter,
    /// Things, by place.
    placed_total: Counter<Place>,
    /// Levels, by place.
    level: Gauge<Place>,
    /// Times, by place.
    #[metric(unit = "s", buckets = [1, 2])]
    time_seconds: Histogram<Place>,
}

#[instrumented_job]
fn forked_job() {}

/// Records in series that exist, in series that do not, and a job.
fn record(name: &str) {
    let metrics = ForkedMetrics::global();
    metrics.things_total.inc();
    metrics.placed_total.with(place(name)).inc();
    metrics.level.with(place(name)).set(1.0);
    metrics.time_seconds.with(place(name)).record(0.5);
    metrics.placed_total.remove(place("never"));
    JobMetrics::global().created("forked_job").inc();
    forked_job();
}
