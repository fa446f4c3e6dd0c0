//! Sets with an instance for each thing of several.

use std::{sync::Barrier, thread};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge,
    ScopedSet, UpDownCounter, testing,
};

use crate::{read, read_lines_with};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Hit,
    Miss,
}

#[derive(LabelSet)]
struct Key {
    #[label(max = 50)]
    key: String,
}

#[derive(Debug, LabelSet)]
struct CacheLabels<'a> {
    #[label(max = 3)]
    cache: &'a str,
}

/// What caches do.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "scope", scope(labels = CacheLabels<'static>))]
struct CacheMetrics {
    /// Values dropped.
    evictions_total: Counter,
    /// Look-ups.
    lookups_total: Counter<Outcome>,
    /// Reads of a key.
    reads_total: Counter<Key>,
    /// Values now.
    #[metric(unit = "{value}")]
    values: UpDownCounter,
    /// How full the cache is.
    #[metric(unit = "1")]
    fill_ratio: Gauge<Outcome>,
    /// Time of a look-up.
    #[metric(unit = "s", buckets = [0.1, 1])]
    lookup_seconds: Histogram<Outcome>,
    /// Time of a read.
    #[metric(unit = "s", buckets = [0.1, 1])]
    read_seconds: Histogram<Key>,
    /// Age of the oldest value.
    #[metric(unit = "s")]
    oldest_seconds: ObservableGauge,
    /// Bytes of a key.
    #[metric(unit = "By")]
    key_bytes: ObservableGauge<Key, u64>,
    /// Loads that others counted.
    loads_total: ObservableCounter<Outcome>,
}

fn cache(cache: &str) -> ScopedSet<CacheMetrics> {
    CacheMetrics::scoped(CacheLabels { cache })
}

fn key(key: &str) -> Key {
    Key { key: key.to_owned() }
}

/// The labels of a series in the instances `a`, `b` and `c`; each test has others, which do not
/// reach the limit of the label together.
macro_rules! set_of {
    ($set:ident, $labels:ident, $prefix:literal) => {
        #[derive(LabelSet)]
        struct $labels {
            #[label(max = 3)]
            of: &'static str,
        }

        /// What instances do.
        #[derive(Debug, MetricSet)]
        #[allow(dead_code, reason = "a test needs some of the metrics")]
        #[metric_set(prefix = $prefix, scope(labels = $labels))]
        struct $set {
            /// Things done.
            done_total: Counter,
            /// Things done with a key.
            keys_total: Counter<Key>,
            /// A value that is observed.
            observed: ObservableGauge<Key>,
        }

        impl $set {
            fn of(of: &'static str) -> ScopedSet<Self> {
                Self::scoped($labels { of })
            }
        }
    };
}

#[test]
fn instances_record_apart_and_end_with_their_owners() {
    let (users, orders) = (cache("users"), cache(&String::from("orders")));
    for (cache, times) in [(&users, 1_u32), (&orders, 2)] {
        for _ in 0..times {
            cache.evictions_total.inc();
            cache.lookups_total.with(Outcome::Hit).inc();
            cache.reads_total.with(key("k")).inc();
            cache.values.inc();
            cache.lookup_seconds.with(Outcome::Miss).record(0.5);
            cache.read_seconds.with(key("k")).record(0.5);
        }
        cache.fill_ratio.with(Outcome::Hit).set(f64::from(times) / 4.0);
        cache.oldest_seconds.observe(move || f64::from(times)).keep();
        let bytes = u64::from(times);
        cache.key_bytes.observe_each(move |each| each.observe(&key("k"), bytes)).keep();
        cache.loads_total.with(Outcome::Miss).observe(move || bytes).keep();
    }
    let reading = read();
    let number = |name: &str, labels: &[(&str, &str)]| reading.number(name, labels);
    for (cache, times) in [("users", 1.0), ("orders", 2.0)] {
        let of = ("cache", cache);
        assert_eq!(number("scope_evictions_total", &[of]), Some(times));
        assert_eq!(number("scope_lookups_total", &[of, ("outcome", "hit")]), Some(times));
        // A series of a closed label set exists from the start of its instance.
        assert_eq!(number("scope_lookups_total", &[of, ("outcome", "miss")]), Some(0.0));
        assert_eq!(number("scope_reads_total", &[of, ("key", "k")]), Some(times));
        assert_eq!(number("scope_values", &[of]), Some(times));
        assert_eq!(number("scope_fill_ratio", &[of, ("outcome", "hit")]), Some(times / 4.0));
        assert_eq!(number("scope_fill_ratio", &[of, ("outcome", "miss")]), None);
        assert_eq!(number("scope_oldest_seconds", &[of]), Some(times));
        assert_eq!(number("scope_key_bytes", &[of, ("key", "k")]), Some(times));
        assert_eq!(number("scope_loads_total", &[of, ("outcome", "miss")]), Some(times));
        for (name, own) in [("lookup", ("outcome", "miss")), ("read", ("key", "k"))] {
            let samples = reading.histogram(&format!("scope_{name}_seconds"), &[of, own]);
            #[expect(clippy::float_cmp, reason = "a half is exact")]
            let is_right = samples.is_some_and(|samples| samples.sum == times / 2.0);
            assert!(is_right, "{name} of {cache}");
        }
    }
    assert_eq!(users.evictions_total.get(), 1);
    assert_eq!(users.lookups_total.find(Outcome::Hit).map(|series| series.get()), Some(1));
    assert!(users.reads_total.find(key("other")).is_none());

    let (evictions, reads) = (users.evictions_total.with(()), users.reads_total.with(key("k")));
    drop(users);
    // Handles are `Copy`, and can outlive the instance.
    evictions.inc();
    reads.inc();
    let reading = read_lines_with("scope_");
    for metric in [
        "evictions_total",
        "lookups_total",
        "reads_total",
        "values",
        "fill_ratio",
        "lookup_seconds",
        "read_seconds",
        "oldest_seconds",
        "key_bytes",
        "loads_total",
    ] {
        let name = format!("scope_{metric}");
        let mut of = reading.label_values(&name, "cache");
        of.dedup();
        assert_eq!(of, ["orders"], "{name}");
    }

    // What comes next begins anew.
    let users = cache("users");
    assert_eq!((evictions.get(), users.evictions_total.get()), (0, 0));
    let reading = read_lines_with("scope_");
    assert_eq!(reading.number("scope_evictions_total", &[("cache", "users")]), Some(0.0));
    let series = [("cache", "users"), ("key", "k")];
    assert_eq!(reading.number("scope_reads_total", &series), None);
    assert_eq!(reading.number("scope_key_bytes", &series), None);
}

set_of! { Shared, SharedLabels, "scope_shared" }

#[test]
fn the_same_labels_are_the_same_instance() {
    let (first, second) = (Shared::of("a"), Shared::of("a"));
    first.done_total.inc();
    second.done_total.inc();
    let third = second.clone();
    drop(first);
    drop(second);
    third.done_total.inc();
    let number =
        || read_lines_with("scope_shared_").number("scope_shared_done_total", &[("of", "a")]);
    assert_eq!(number(), Some(3.0));
    drop(third);
    assert_eq!(number(), None);
}

set_of! { Limited, LimitedLabels, "scope_limited" }

#[test]
fn instances_beyond_the_limit_share_the_overflow_series_until_one_ends() {
    let number = |labels: &[(&str, &str)]| {
        read_lines_with("scope_limited_").number("scope_limited_done_total", labels)
    };
    let within = ["a", "b", "c"].map(Limited::of);
    let beyond = ["d", "e"].map(Limited::of);
    within.iter().chain(&beyond).for_each(|instance| instance.done_total.inc());
    assert_eq!(number(&[("of", "c")]), Some(1.0));
    assert_eq!(number(&[("of", "d")]), None);
    assert_eq!(number(&[("otel_metric_overflow", "true")]), Some(2.0));
    drop(beyond);
    assert_eq!(number(&[("otel_metric_overflow", "true")]), Some(2.0));
    drop(within);
    let next = Limited::of("d");
    next.done_total.inc();
    assert_eq!(number(&[("of", "d")]), Some(1.0));
}

set_of! { Beside, BesideLabels, "scope_beside" }

#[test]
fn the_instance_of_none_has_no_labels_and_exists_once_it_is_used() {
    let number = |labels: &[(&str, &str)]| {
        read_lines_with("scope_beside_").number("scope_beside_done_total", labels)
    };
    assert_eq!(number(&[]), None);
    let a = Beside::of("a");
    a.done_total.inc();
    assert_eq!(number(&[]), None);
    Beside::global().done_total.add(5);
    Beside::global().keys_total.with(key("k")).inc();
    assert_eq!((number(&[]), number(&[("of", "a")])), (Some(5.0), Some(1.0)));
    drop(a);
    assert_eq!((number(&[]), number(&[("of", "a")])), (Some(5.0), None));
    assert_eq!(Beside::global().keys_total.find(key("k")).map(|series| series.get()), Some(1));
}

set_of! { Removed, RemovedLabels, "scope_removed" }

#[test]
fn an_instance_removes_series_of_its_own_alone() {
    let (a, b) = (Removed::of("a"), Removed::of("b"));
    for instance in [&a, &b] {
        for name in ["one", "two", "three"] {
            instance.keys_total.with(key(name)).inc();
        }
    }
    assert!(a.keys_total.remove(key("one")));
    assert!(!a.keys_total.remove(key("one")));
    let of = |labels: &osapi_metrics::labels::SeriesLabels| {
        ["of", "key"].map(|key| labels.get(key).map(|value| value.to_string()).unwrap_or_default())
    };
    let mut seen = Vec::new();
    let ended = a.keys_total.retain(|labels| {
        seen.push(of(labels));
        labels.get("key").is_some_and(|key| key.to_string() != "two")
    });
    seen.sort();
    assert_eq!(ended, 1);
    assert_eq!(seen, [["a", "three"], ["a", "two"]]);
    let mut keys = read_lines_with("scope_removed_").label_values("scope_removed_keys_total", "of");
    keys.sort();
    assert_eq!(keys, ["a", "b", "b", "b"]);
}

set_of! { Owned, OwnedLabels, "scope_owned" }

#[test]
fn a_closure_that_owns_another_instance_is_dropped_with_its_own() {
    let (a, b) = (Owned::of("a"), Owned::of("b"));
    b.done_total.inc();
    // The end of `a` drops the closure, and with it the last owner of `b`.
    a.observed
        .observe_each(move |each| {
            each.observe(&key("k"), if b.done_total.get() == 1 { 1.0 } else { 0.0 });
        })
        .keep();
    let reading = || read_lines_with("scope_owned_");
    assert_eq!(reading().number("scope_owned_observed", &[("of", "a"), ("key", "k")]), Some(1.0));
    drop(a);
    assert_eq!(reading().number("scope_owned_observed", &[("of", "a"), ("key", "k")]), None);
    assert_eq!(reading().number("scope_owned_done_total", &[("of", "b")]), None);
}

set_of! { Contended, ContendedLabels, "scope_contended" }

#[test]
fn instances_that_threads_make_and_drop_at_once_count_what_their_owners_record() {
    const THREADS: usize = 4;
    let barrier = Barrier::new(THREADS);
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                barrier.wait();
                for _ in 0..500 {
                    let mine = Contended::of("a");
                    let before = mine.done_total.get();
                    mine.done_total.inc();
                    assert!(mine.done_total.get() > before);
                    let series = mine.keys_total.with(key("k"));
                    series.inc();
                    assert!(series.get() > 0);
                }
            });
        }
    });
    let reading = read_lines_with("scope_contended_");
    assert_eq!(reading.label_values("scope_contended_done_total", "of"), [""; 0]);
    assert_eq!(reading.label_values("scope_contended_keys_total", "of"), [""; 0]);
}

set_of! { Captured, CapturedLabels, "scope_captured" }

#[test]
fn a_capture_has_what_ended_instances_recorded() {
    let outside = Captured::of("a");
    let captured = testing::capture(|| {
        Captured::of("a").done_total.add(2);
        let second = Captured::of("b");
        second.keys_total.with(key("k")).inc();
        Captured::global().done_total.add(4);
    });
    assert_eq!(captured.counter("scope_captured_done_total", &[("of", "a")]), 2);
    assert_eq!(captured.counter("scope_captured_done_total", &[]), 6);
    assert_eq!(captured.counter("scope_captured_keys_total", &[("of", "b"), ("key", "k")]), 1);
    assert_eq!(outside.done_total.get(), 0);
}

#[test]
fn the_labels_of_the_scope_are_labels_of_each_metric() {
    let catalogue = crate::RUNTIME.catalogue();
    let metric = catalogue.get("scope_lookups_total").expect("the metric is linked in");
    let keys: Vec<_> = metric.labels.iter().map(|label| label.key).collect();
    assert_eq!((keys, metric.scope_labels), (vec!["cache", "outcome"], 1));
    assert_eq!(metric.series_budget(), 6);
}
