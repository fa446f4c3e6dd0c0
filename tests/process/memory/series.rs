//! Memory of a series, and of series that have ended.

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter, exposition::Format,
};

use crate::{RUNTIME, kept, take_turn};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Item {
    #[label(max = 2000)]
    item: u64,
    /// Of the usual length of a name.
    #[label(max = 1)]
    kind: &'static str,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 100)]
    task: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "memory")]
struct Open {
    /// Counted.
    items_total: Counter<Item>,
    /// Samples, with thirteen boundaries.
    #[metric(
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    )]
    item_seconds: Histogram<Item>,
    /// Counted, of recent values.
    tasks_total: Counter<Task>,
    /// Up and down, of recent values.
    stock: UpDownCounter<Task>,
    /// Set, of recent values.
    level: Gauge<Task>,
}

const SERIES: i64 = 1_000;

fn items() -> impl Iterator<Item = Item> {
    (0..SERIES.unsigned_abs()).map(|item| Item { item, kind: "image.resize" })
}

#[test]
fn a_series_costs_some_hundred_bytes() {
    let _turn = take_turn();
    let open = Open::global();
    let counter = kept(|| items().for_each(|item| open.items_total.with(item).inc())) / SERIES;
    let begin = || {
        for item in items() {
            open.item_seconds.with(item);
        }
    };
    let histogram = kept(begin) / SERIES;
    let record = |times: u32| {
        for item in items() {
            let series = open.item_seconds.with(item);
            (0..times).for_each(|time| series.record(0.1 * f64::from(time)));
        }
        // The text of each series stays with the scrapes.
        drop(RUNTIME.render(Format::Text));
    };
    let first = kept(|| record(1)) / SERIES;
    let full = kept(|| record(300)) / SERIES;
    println!(
        "a counter's series: {counter} B; a histogram's: {histogram} B, with a first sample and a scrape \
         of it all {first} B more, with 300 samples {full} B more"
    );
    assert!(counter < 1_000, "{counter} B");
    assert!(histogram < 1_200, "{histogram} B");
}

#[test]
fn values_that_are_no_longer_recent_cost_nothing() {
    let _turn = take_turn();
    let Open { tasks_total, stock, level, .. } = Open::global();
    let use_tasks = |begin: u64, count: u64| {
        for task in begin..begin + count {
            tasks_total.with(Task { task }).inc();
            if task.is_multiple_of(10) {
                stock.with(Task { task }).inc();
                level.with(Task { task }).set(1.0);
            }
            if task.is_multiple_of(10_000) {
                drop(RUNTIME.render(Format::OpenMetrics));
            }
        }
    };
    use_tasks(0, 10_000);
    let more = kept(|| use_tasks(10_000, 100_000));
    println!("100,000 values: {more} B");
    assert!(more < 100_000, "less than a byte each: {more} B");
}
