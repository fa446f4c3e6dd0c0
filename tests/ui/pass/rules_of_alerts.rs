//! The declarations that the rules of runbooks, presence and thresholds accept, each below its number.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use osapi_metrics::{Counter, Gauge, Histogram, MetricSet, UpDownCounter};

// D2
#[derive(MetricSet)]
#[metric_set(runbook = "https://example.org/runbooks/gate")]
struct WithRunbook {
    /// Items that wait at the gate.
    gate_items: Gauge,
}

// D3
#[derive(MetricSet)]
struct Seldom {
    /// Items lost.
    #[metric(absent_until = "an item is lost")]
    lost_items_total: Counter,
}

// T1
#[derive(MetricSet)]
struct Compared {
    /// Items in the queue.
    #[metric(warning(at_least = 1_000, lasting = "15m"), critical(at_least = 5e3))]
    items_queued: UpDownCounter,
    /// Items lost: a warning for any increase.
    #[metric(warning(above = 0))]
    items_lost_total: Counter,
    /// Temperature of the depot.
    #[metric(unit = "Cel", critical(below = -18.5, lasting = "1h 30m"))]
    depot_temperature_celsius: Gauge,
}

// T2
#[derive(MetricSet)]
struct Quantiles {
    /// How long an item is on its way.
    #[metric(unit = "s", warning(above = 30, quantile = 0.95), critical(above = 10, quantile = 0.5))]
    way_seconds: Histogram,
}

// T3
const WAY_BUCKETS: &[f64] = &[0.5, 1.0, 5.0];
#[derive(MetricSet)]
struct Reachable {
    /// Fill level of the depot, 0 to 1.
    #[metric(unit = "1", warning(above = 0.8), critical(at_least = 1))]
    depot_fill_ratio: Gauge,
    /// How long an item is searched for.
    #[metric(unit = "s", buckets = WAY_BUCKETS, critical(at_least = 5, quantile = 0.99))]
    search_seconds: Histogram,
}

// T4
#[derive(MetricSet)]
struct Severities {
    /// Items that wait for a lorry.
    #[metric(
        warning(above = 100, lasting = "5m"),
        critical(above = 100, lasting = "30m"),
    )]
    items_at_the_ramp: Gauge,
    /// Lorries that are there.
    #[metric(warning(below = 5), critical(at_most = 1))]
    lorries: Gauge,
}

// T5
#[derive(MetricSet)]
struct Fresh {
    /// Items at the till.
    #[metric(stale_after = "30s")]
    till_items: Gauge,
}

fn main() {
    WithRunbook::global().gate_items.set(1.0);
    Seldom::global().lost_items_total.inc();
    Compared::global().items_queued.inc();
    Compared::global().items_lost_total.inc();
    Compared::global().depot_temperature_celsius.set(-20.0);
    Quantiles::global().way_seconds.record(1.0);
    Reachable::global().depot_fill_ratio.set(0.5);
    Reachable::global().search_seconds.record(1.0);
    Severities::global().items_at_the_ramp.set(1.0);
    Severities::global().lorries.set(8.0);
    Fresh::global().till_items.set(1.0);
}
