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

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Tenant {
    #[label(max = 5)]
    tenant: String,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Borrowed<'a> {
    #[label(flatten)]
    tenant: &'a Tenant,
    #[label(recent = 10)]
    route: &'a str,
    #[label(max = 10)]
    zone: Option<&'a str>,
    urgent: bool,
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
    /// Counted, by labels that are borrowed.
    borrowed_total: Counter<Borrowed<'static>>,
    /// Up and down, by labels that are borrowed.
    borrowed_stock: UpDownCounter<Borrowed<'static>>,
    /// Set, by labels that are borrowed.
    borrowed_level: Gauge<Borrowed<'static>>,
    /// Samples, by labels that are borrowed.
    #[metric(unit = "s")]
    borrowed_seconds: Histogram<&'static Tenant>,
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

fn record_borrowed(tenant: &Tenant, route: &str) {
    let known = Known::global();
    let labels = Borrowed { tenant, route, zone: route.get(1..4), urgent: route.len() > 3 };
    known.borrowed_total.with(labels).inc();
    drop(known.borrowed_stock.with(labels).guard());
    known.borrowed_level.with(labels).set(0.5);
    known.borrowed_seconds.with(tenant).record(0.5);
}

#[test]
fn to_find_a_known_series_by_borrowed_labels_allocates_nothing() {
    let _turn = take_turn();
    let tenants = ["acme", "zorg"].map(|name| Tenant { tenant: name.to_owned() });
    let routes = ["/jobs", "/jobs/{id}"].map(str::to_owned);
    let record_all = || {
        for tenant in &tenants {
            for route in &routes {
                record_borrowed(tenant, route);
            }
        }
    };
    // New series allocate.
    assert!(allocations(record_all) > 0);
    assert_eq!(allocations(|| (0..1_000).for_each(|_| record_all())), 0);

    let known = Known::global();
    let read_all = || {
        for (tenant, route) in tenants.iter().zip(&routes) {
            let labels = Borrowed { tenant, route, zone: route.get(1..4), urgent: true };
            assert_eq!(known.borrowed_total.find(labels).unwrap().get(), 1_001);
            assert_eq!(known.borrowed_stock.find(labels).unwrap().get(), 0);
            assert_eq!(known.borrowed_level.find(labels).unwrap().get(), Some(0.5));
            let labels = Borrowed { zone: None, ..labels };
            assert!(known.borrowed_total.find(labels).is_none());
        }
    };
    assert_eq!(allocations(read_all), 0);
}
