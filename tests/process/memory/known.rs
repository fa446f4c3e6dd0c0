//! Recording in series that are known.

use std::time::Duration;

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter, instrumented_job,
};

use crate::{allocations, take_turn};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Closed {
    urgent: bool,
    retried: bool,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Open {
    #[label(max = 100)]
    tenant: &'static str,
    #[label(max = 10)]
    shard: u64,
    urgent: bool,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Recent {
    #[label(recent = 10)]
    task: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "known")]
struct Known {
    /// Counted.
    closed_total: Counter<Closed>,
    /// Counted in fractions.
    open_total: Counter<Open, f64>,
    /// Counted, of recent values.
    recent_total: Counter<Recent>,
    /// Up and down.
    closed_stock: UpDownCounter<Closed>,
    /// Up and down.
    open_stock: UpDownCounter<Open>,
    /// Set.
    closed_level: Gauge<Closed>,
    /// Set.
    open_level: Gauge<Open>,
    /// Samples.
    #[metric(unit = "s")]
    closed_seconds: Histogram<Closed>,
    /// Samples.
    #[metric(unit = "By")]
    open_bytes: Histogram<Open, u64>,
}

#[instrumented_job(name = "memory.known", output_size = |size: &usize| *size)]
fn job(size: usize) -> Result<usize, std::io::Error> {
    Ok(size)
}

#[instrumented_job(name = "memory.fails")]
fn fails() -> Result<usize, std::io::Error> {
    Err(std::io::ErrorKind::NotFound.into())
}

fn record(times: u64) {
    let known = Known::global();
    let (closed, recent) = (Closed { urgent: true, retried: false }, Recent { task: 7 });
    let open = Open { tenant: "acme", shard: 3, urgent: false };
    for time in 0..times {
        known.closed_total.with(closed).inc();
        known.open_total.with(open).add(0.5);
        known.recent_total.with(recent).inc();
        known.closed_stock.with(closed).inc();
        let _inside = known.open_stock.with(open).guard();
        known.closed_level.with(closed).set(1.0);
        known.open_level.with(open).set(time as f64);
        known.open_level.with(open).clear();
        known.closed_seconds.with(closed).record_duration(Duration::from_millis(time));
        known.closed_seconds.with(closed).start_timer().stop();
        known.open_bytes.with(open).record(time);
        job(3).unwrap();
        fails().unwrap_err();
    }
}

#[test]
fn to_record_in_a_known_series_allocates_nothing() {
    let _turn = take_turn();
    // The first samples of a histogram are kept one by one, which allocates.
    record(1_000);
    // More samples than the ring of a thread holds, so that the thread drains the ring meanwhile.
    assert_eq!(allocations(|| record(1_000)), 0);
}
