//! A series that has ended is not exported any more, whichever exporter has collected before.

use osapi_metrics::{
    Counter, Gauge, LabelSet, MetricSet, Metrics, UpDownCounter,
    config::{Environment, OtlpProtocol, OtlpTemporality},
    exposition::Format,
};
use osapi_metrics_tests::{
    otlp_receiver::{Export, OtlpReceiver},
    pushing_to,
};

use crate::beside_others;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 2)]
    task: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 10)]
    case: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Few {
    #[label(max = 3)]
    few: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "exported")]
struct Exported {
    /// Removed.
    removed_total: Counter<Case>,
    /// Removed.
    removed_stock: UpDownCounter<Case>,
    /// Removed.
    removed_level: Gauge<Case>,
    /// Scraped, then pushed.
    scraped_total: Counter<Task>,
    /// Scraped, then pushed.
    scraped_stock: UpDownCounter<Task>,
    /// Scraped, then pushed.
    scraped_level: Gauge<Task>,
    /// Pushed, then scraped.
    pushed_total: Counter<Task>,
    /// At its limit.
    full_level: Gauge<Few>,
    /// At its limit.
    full_recent_level: Gauge<Task>,
    /// At its limit.
    full_total: Counter<Few>,
    /// Each smaller than the one before.
    shrinking_total: Counter<Task>,
}

fn start(temporality: OtlpTemporality) -> (OtlpReceiver, Metrics) {
    let receiver = OtlpReceiver::start();
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    config.otlp.temporality = temporality;
    let builder = Metrics::builder().config(config).environment(Environment::default());
    (receiver, builder.install().unwrap())
}

/// The next export.
fn push(receiver: &OtlpReceiver, metrics: &Metrics) -> Export {
    metrics.flush().unwrap();
    receiver.await_export(|_| true)
}

/// The values of `key` among the series of a metric; `""` for a series without the label.
fn values(export: &Export, name: &str, key: &str) -> Vec<String> {
    let series = export.metrics.get(name).into_iter().flat_map(|metric| metric.series.keys());
    let mut values: Vec<_> =
        series.map(|labels| labels.get(key).cloned().unwrap_or_default()).collect();
    values.sort();
    values
}

#[test]
fn a_removed_series_is_in_no_later_export() {
    let _others = beside_others();
    let exported = Exported::global();
    let names = ["exported_removed_total", "exported_removed_stock", "exported_removed_level"];
    for (temporality, case) in [(OtlpTemporality::Cumulative, 1), (OtlpTemporality::Delta, 2)] {
        let (receiver, metrics) = start(temporality);
        for case in [case, case + 4] {
            exported.removed_total.with(Case { case }).add(3);
            exported.removed_stock.with(Case { case }).add(3);
            exported.removed_level.with(Case { case }).set(3.0);
        }
        let both = [case.to_string(), (case + 4).to_string()];
        let before = push(&receiver, &metrics);
        for name in names {
            assert_eq!(values(&before, name, "case"), both, "{name} {temporality:?}");
        }
        exported.removed_total.remove(Case { case });
        exported.removed_stock.remove(Case { case });
        exported.removed_level.remove(Case { case });
        // Differences leave out what has not changed.
        exported.removed_total.with(Case { case: case + 4 }).inc();
        let after = push(&receiver, &metrics);
        for name in names {
            assert_eq!(values(&after, name, "case"), both[1..], "{name} {temporality:?}");
        }
        exported.removed_total.retain(|_| false);
        exported.removed_stock.retain(|_| false);
        exported.removed_level.retain(|_| false);
    }
}

#[test]
fn what_a_scrape_has_seen_before_it_ended_is_not_pushed_afterwards() {
    let _others = beside_others();
    let exported = Exported::global();
    for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
        let (receiver, metrics) = start(temporality);
        for task in 1..=9 {
            exported.scraped_total.with(Task { task }).add(3);
            exported.scraped_stock.with(Task { task }).add(3);
            exported.scraped_level.with(Task { task }).set(3.0);
            metrics.render(Format::OpenMetrics);
        }
        let export = push(&receiver, &metrics);
        for name in ["exported_scraped_total", "exported_scraped_stock", "exported_scraped_level"] {
            assert_eq!(values(&export, name, "task"), ["8", "9"], "{name} {temporality:?}");
            assert_eq!(export.number(name, &[("task", "9")]), Some(3.0), "{name} {temporality:?}");
        }
        exported.scraped_total.retain(|_| false);
        exported.scraped_stock.retain(|_| false);
        exported.scraped_level.retain(|_| false);
    }
}

#[test]
fn what_a_push_has_seen_before_it_ended_is_not_scraped_afterwards() {
    let _others = beside_others();
    let counter = &Exported::global().pushed_total;
    for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
        let (receiver, metrics) = start(temporality);
        for task in 1..=9 {
            counter.with(Task { task }).add(3);
            push(&receiver, &metrics);
        }
        let scrape = metrics.render(Format::OpenMetrics);
        let shown = scrape.lines().filter(|line| line.starts_with("exported_pushed_total"));
        let expected = [8, 9].map(|task| format!("exported_pushed_total{{task=\"{task}\"}} 3"));
        let mut shown: Vec<_> = shown.map(|line| line.trim_end_matches(".0")).collect();
        shown.sort_unstable();
        assert_eq!(shown, expected, "{temporality:?}");
        counter.retain(|_| false);
    }
}

#[test]
fn a_series_is_not_counted_from_the_sum_of_one_that_ended() {
    let _others = beside_others();
    let counter = &Exported::global().shrinking_total;
    for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
        let (receiver, metrics) = start(temporality);
        for task in 1..=40 {
            let number = 1000 - task;
            counter.with(Task { task }).add(number);
            let export = push(&receiver, &metrics);
            let labels = [("task", &*task.to_string())];
            let pushed = export.number("exported_shrinking_total", &labels);
            assert_eq!(pushed, Some(number as f64), "{task} {temporality:?}");
        }
        counter.retain(|_| false);
    }
}

#[test]
fn what_takes_the_place_of_an_ended_series_is_in_the_next_export() {
    let _others = beside_others();
    let exported = Exported::global();
    for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
        let (receiver, metrics) = start(temporality);
        let use_all = |begin| {
            for few in begin..begin + 4 {
                exported.full_total.with(Few { few }).add(few);
                exported.full_level.with(Few { few }).set(few as f64);
            }
            for task in [begin, begin + 1] {
                exported.full_recent_level.with(Task { task }).set(task as f64);
            }
        };
        use_all(1);
        let before = push(&receiver, &metrics);
        for name in ["exported_full_total", "exported_full_level"] {
            assert_eq!(values(&before, name, "few"), ["", "1", "2", "3"], "{name} {temporality:?}");
        }
        // Replaces all series at once.
        exported.full_total.retain(|_| false);
        exported.full_level.retain(|_| false);
        use_all(11);
        let after = push(&receiver, &metrics);
        for name in ["exported_full_total", "exported_full_level"] {
            assert_eq!(
                values(&after, name, "few"),
                ["", "11", "12", "13"],
                "{name} {temporality:?}"
            );
        }
        let overflow = [("otel.metric.overflow", "true")];
        assert_eq!(after.number("exported_full_level", &overflow), Some(14.0), "{temporality:?}");
        let recent = values(&after, "exported_full_recent_level", "task");
        assert_eq!(recent, ["11", "12"], "{temporality:?}");
        exported.full_total.retain(|_| false);
        exported.full_level.retain(|_| false);
        exported.full_recent_level.retain(|_| false);
    }
}
