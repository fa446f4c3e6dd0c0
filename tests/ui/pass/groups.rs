//! Groups in sets and in groups, with every way to write their part of the names.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricGroup, MetricSet};

const PREFIX: &str = "shop";
const PART: &str = "archive";
const BUCKETS: [f64; 2] = [0.1, 1.0];

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Done,
    GivenUp,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
    /// Time to get a connection.
    #[metric(unit = "s", buckets = BUCKETS, renamed_from = "delay_seconds")]
    wait_seconds: Histogram<Outcome>,
}

/// A group of a group.
#[derive(MetricSet)]
#[metric_set(group, allow(non_base_units))]
struct StoreMetrics {
    /// How long the cleaning takes.
    #[metric(unit = "ms", buckets = [1, 2])]
    cleaning_milliseconds: Histogram,
    #[metric(group)]
    pool: PoolMetrics,
    #[metric(group = "")]
    size: SizeMetrics,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct SizeMetrics {
    /// Entries.
    entries: Gauge,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct UsedNowhere {
    /// Entries.
    #[expect(dead_code)]
    entries: Gauge,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group = "read_pool")]
    read: PoolMetrics,
    /// Orders placed.
    orders_placed_total: Counter,
    #[metric(group = PART)]
    archive: StoreMetrics,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct ConstantPrefix {
    #[metric(group)]
    r#type: SizeMetrics,
    #[metric(group = "")]
    plain: SizeMetrics,
}

#[derive(MetricSet)]
#[metric_set(prefix = "")]
struct NoPrefix {
    #[metric(group = "shelf")]
    shelf: SizeMetrics,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct NoMetrics {}

#[derive(MetricSet)]
#[metric_set(prefix = "few")]
struct FewMetrics {
    #[metric(group)]
    #[expect(dead_code)]
    none: NoMetrics,
    #[metric(group)]
    some: SizeMetrics,
}

fn names(descriptors: &[osapi_metrics::MetricDescriptor]) -> Vec<&'static str> {
    descriptors.iter().map(|metric| metric.name).collect()
}

fn main() {
    assert_eq!(
        names(ShopMetrics::DESCRIPTORS),
        [
            "shop_read_pool_connections_opened_total",
            "shop_read_pool_wait_seconds",
            "shop_orders_placed_total",
            "shop_archive_cleaning_milliseconds",
            "shop_archive_pool_connections_opened_total",
            "shop_archive_pool_wait_seconds",
            "shop_archive_entries",
        ]
    );
    assert_eq!(
        ShopMetrics::DESCRIPTORS[5].renamed_from,
        Some("shop_archive_pool_delay_seconds"),
    );
    assert_eq!(names(ConstantPrefix::DESCRIPTORS), ["shop_type_entries", "shop_entries"]);
    assert_eq!(names(FewMetrics::DESCRIPTORS), ["few_some_entries"]);
    assert_eq!(names(NoPrefix::DESCRIPTORS), ["shelf_entries"]);
    assert_eq!(names(<StoreMetrics as MetricGroup>::DESCRIPTORS)[1], "pool_connections_opened_total");

    let shop = ShopMetrics::global();
    shop.read.connections_opened_total.inc();
    shop.read.wait_seconds.with(Outcome::Done).record(0.5);
    shop.orders_placed_total.inc();
    shop.archive.cleaning_milliseconds.record(1.5);
    shop.archive.pool.wait_seconds.with(Outcome::GivenUp).record(0.5);
    shop.archive.size.entries.set(2.0);
    ConstantPrefix::global().r#type.entries.set(1.0);
    ConstantPrefix::global().plain.entries.set(1.0);
    FewMetrics::global().some.entries.set(1.0);
    NoPrefix::global().shelf.entries.set(1.0);
}
