//! `#[label(recent = N)]`: the series of the most recently used values.

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter};
use proptest::{collection::vec, prop_assert_eq, proptest, test_runner::Config};

use super::in_text;
use crate::read;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 2)]
    task: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Step {
    #[label(recent = 2)]
    task: u64,
    retried: bool,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Edge {
    #[label(recent = 2)]
    from: u64,
    #[label(recent = 3)]
    to: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Owned {
    #[label(max = 2)]
    tenant: u64,
    #[label(recent = 2)]
    task: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Many {
    #[label(recent = 200)]
    task: u64,
    #[label(max = 100)]
    shard: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct OfFour {
    #[label(recent = 4)]
    task: u8,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "recent")]
struct Recent {
    /// Counted.
    jobs_total: Counter<Task>,
    /// Up and down.
    stock: UpDownCounter<Task>,
    /// Set.
    level: Gauge<Task>,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Task>,
    /// Samples in any order.
    #[metric(unit = "By", buckets = [3])]
    any_bytes: Histogram<OfFour, u64>,
    /// Two series for each value.
    steps_total: Counter<Step>,
    /// Two labels.
    edges_total: Counter<Edge>,
    /// Beside a limit.
    owned_total: Counter<Owned>,
    /// Up to the limit of the metric as a whole.
    #[metric(max_series = 20_000)]
    many_total: Counter<Many>,
    /// In any order.
    any_total: Counter<OfFour>,
}

const NAMES: [&str; 4] =
    ["recent_jobs_total", "recent_stock", "recent_level", "recent_wait_seconds"];

/// The combinations of labels that have a series.
fn known<const N: usize>(name: &str, keys: [&str; N]) -> Vec<[String; N]> {
    let reading = read();
    let values = keys.map(|key| reading.label_values(name, key));
    let series = (0..values[0].len()).map(|at| values.each_ref().map(|of_key| of_key[at].clone()));
    let mut series: Vec<_> = series.collect();
    series.sort();
    series
}

fn tasks(name: &str) -> Vec<u64> {
    let mut tasks: Vec<_> =
        known(name, ["task"]).into_iter().map(|[task]| task.parse().unwrap()).collect();
    tasks.sort_unstable();
    tasks
}

#[test]
fn a_new_value_ends_the_series_of_the_one_used_least_recently() {
    let Recent { jobs_total, stock, level, wait_seconds, .. } = Recent::global();
    let use_task = |task| {
        jobs_total.with(Task { task }).inc();
        stock.with(Task { task }).inc();
        level.with(Task { task }).set(1.0);
        wait_seconds.with(Task { task }).record(0.5);
    };
    let kept = (jobs_total.with(Task { task: 1 }), stock.with(Task { task: 1 }));
    let kept_wait = wait_seconds.with(Task { task: 1 });
    use_task(1);
    use_task(2);
    // `with` uses a series; recording through a handle does not.
    use_task(1);
    let of_two = jobs_total.with(Task { task: 2 });
    let wait_of_two = wait_seconds.with(Task { task: 2 });
    jobs_total.with(Task { task: 1 });
    wait_seconds.with(Task { task: 1 });
    of_two.inc();
    wait_of_two.record(0.5);
    use_task(3);
    for name in NAMES {
        assert_eq!(tasks(name), [1, 3], "{name}");
        assert!(!in_text(name, "task", "2"), "{name}");
    }
    of_two.inc();
    wait_of_two.record(0.5);
    use_task(4);
    use_task(5);
    kept.0.inc();
    kept.1.inc();
    kept_wait.record(0.5);
    use_task(1);
    let reading = read();
    for name in NAMES {
        assert_eq!(tasks(name), [1, 5], "{name}");
    }
    for name in &NAMES[..3] {
        assert_eq!(reading.number(name, &[("task", "1")]), Some(1.0), "{name} begins anew");
    }
    let wait = reading.histogram("recent_wait_seconds", &[("task", "1")]).unwrap();
    assert_eq!((wait.count, wait.sum, wait.buckets), (1, 0.5, vec![1, 0]), "it begins anew");
    let labels = [("metric", "recent_jobs_total")];
    let overflowed = reading.number("osapi_metrics_overflowed_samples_total", &labels);
    assert_eq!(overflowed, Some(0.0), "nothing is beyond a limit");
}

#[test]
fn all_series_of_a_value_end_together() {
    let counter = &Recent::global().steps_total;
    for task in [1, 2] {
        for retried in [false, true] {
            counter.with(Step { task, retried }).inc();
        }
    }
    counter.with(Step { task: 1, retried: true }).inc();
    counter.with(Step { task: 3, retried: false }).inc();
    let left = [["1", "false"], ["1", "true"], ["3", "false"]];
    assert_eq!(known("recent_steps_total", ["task", "retried"]), left);
}

#[test]
fn each_of_two_labels_keeps_its_own_recent_values() {
    let counter = &Recent::global().edges_total;
    let go = |from, to| counter.with(Edge { from, to }).inc();
    let edges = || known("recent_edges_total", ["from", "to"]);
    go(1, 1);
    go(1, 2);
    go(2, 3);
    assert_eq!(edges(), [["1", "1"], ["1", "2"], ["2", "3"]]);
    // A fourth value of `to`: the oldest value is 1.
    go(2, 4);
    assert_eq!(edges(), [["1", "2"], ["2", "3"], ["2", "4"]]);
    // A third value of `from`: the oldest value is 1, and its last series is the last series of
    // `to` 2.
    go(3, 4);
    assert_eq!(edges(), [["2", "3"], ["2", "4"], ["3", "4"]]);
    go(3, 5);
    go(2, 3);
    // Both values are new: the series of `from` 3 end, and no value of `to` has to go (3 and 4 are
    // left).
    go(4, 6);
    assert_eq!(edges(), [["2", "3"], ["2", "4"], ["4", "6"]]);
}

#[test]
fn what_another_label_has_no_room_for_ends_nothing() {
    let counter = &Recent::global().owned_total;
    let go = |tenant, task| counter.with(Owned { tenant, task }).inc();
    go(1, 1);
    go(2, 2);
    go(3, 3);
    go(3, 1);
    let owned = || known("recent_owned_total", ["tenant", "task"]);
    assert_eq!(owned(), [["", ""], ["1", "1"], ["2", "2"]]);
    let overflow = [("otel_metric_overflow", "true")];
    assert_eq!(read().number("recent_owned_total", &overflow), Some(2.0));
    // The last series of a task is the last series of its tenant too, which makes room for another
    // tenant.
    go(2, 3);
    go(3, 2);
    assert_eq!(owned(), [["", ""], ["2", "2"], ["2", "3"], ["3", "2"]]);
}

#[test]
fn at_the_limit_of_a_metric_the_oldest_value_goes() {
    let counter = &Recent::global().many_total;
    for task in 0..100 {
        for shard in 0..100 {
            counter.with(Many { task, shard }).inc();
        }
    }
    counter.with(Many { task: 0, shard: 7 }).inc();
    assert_eq!(known("recent_many_total", ["task", "shard"]).len(), 10_000);
    counter.with(Many { task: 100, shard: 1 }).inc();
    let left = tasks("recent_many_total");
    assert_eq!(left.len(), 9_901);
    assert!(left.contains(&0) && !left.contains(&1) && left.contains(&100));
    assert_eq!(read().number("recent_many_total", &[("otel_metric_overflow", "true")]), None);
    // The other tests read all series too.
    counter.retain(|_| false);
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_values_that_were_used_last_stay_whatever_the_order(uses in vec(0_u8..9, 1..40)) {
        let (counter, histogram) = (&Recent::global().any_total, &Recent::global().any_bytes);
        counter.retain(|_| false);
        histogram.retain(|_| false);
        let mut order: Vec<(u8, f64)> = Vec::new();
        for task in uses {
            counter.with(OfFour { task }).inc();
            histogram.with(OfFour { task }).record(u64::from(task));
            let at = order.iter().position(|(known, _)| *known == task);
            let count = at.map_or(0.0, |at| order.remove(at).1);
            order.push((task, count + 1.0));
            if order.len() > 4 {
                order.remove(0);
            }
        }
        let reading = read();
        for name in ["recent_any_total", "recent_any_bytes"] {
            prop_assert_eq!(reading.label_values(name, "task").len(), order.len());
        }
        for (task, count) in order {
            let labels = [("task", &*task.to_string())];
            prop_assert_eq!(reading.number("recent_any_total", &labels), Some(count), "{}", task);
            let samples = reading.histogram("recent_any_bytes", &labels).unwrap();
            let buckets = if task <= 3 { [samples.count, 0] } else { [0, samples.count] };
            prop_assert_eq!(Some(samples.count as f64), Some(count));
            prop_assert_eq!(Some(samples.sum), Some(count * f64::from(task)));
            prop_assert_eq!(samples.buckets, buckets);
        }
    }
}
