//! Series that a `SeriesCache` keeps.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet,
    instruments::{CounterSeries, HistogramSeries, SeriesCache},
};

use crate::read;

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Tenant {
    #[label(max = 100)]
    tenant: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Few {
    #[label(max = 1)]
    few: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Recent {
    #[label(recent = 2)]
    recent: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "series_cache")]
struct Cached {
    /// Counted by tenant.
    calls_total: Counter<Tenant>,
    /// Measured by tenant.
    #[metric(buckets = [1, 10])]
    size: Histogram<Tenant, u64>,
    /// Counted until a series is removed.
    ended_total: Counter<Tenant>,
    /// Counted beyond the limit.
    few_total: Counter<Few>,
    /// Counted for the most recent values.
    recent_total: Counter<Recent>,
    /// Counted on several threads.
    threads_total: Counter<Tenant>,
    /// Counted for more tenants than a thread keeps.
    #[metric(max_series = 10_000)]
    many_total: Counter<Many>,
    /// Counted by tenants that are borrowed.
    by_text_total: Counter<TenantRef<'static>>,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct TenantRef<'a> {
    #[label(max = 100)]
    tenant: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Many {
    #[label(max = 1000)]
    number: u64,
}

fn of(tenant: &str) -> Tenant {
    Tenant { tenant: tenant.to_owned() }
}

fn number(name: &str, key: &str, value: &str) -> Option<f64> {
    read().number(name, &[(key, value)])
}

#[test]
fn the_series_of_one_label_set_are_found_once() {
    static FOUND: AtomicUsize = AtomicUsize::new(0);
    static SERIES: SeriesCache<Tenant, (CounterSeries, HistogramSeries<u64>)> =
        SeriesCache::new(|labels: &Tenant| {
            FOUND.fetch_add(1, Ordering::Relaxed);
            let metrics = Cached::global();
            (metrics.calls_total.with(labels.clone()), metrics.size.with(labels.clone()))
        });
    for tenant in ["acme", "globex", "acme", "acme"] {
        let (calls, size) = SERIES.with(of(tenant));
        calls.inc();
        size.record(5);
    }
    assert_eq!(FOUND.load(Ordering::Relaxed), 2);
    assert_eq!(number("series_cache_calls_total", "tenant", "acme"), Some(3.0));
    assert_eq!(number("series_cache_calls_total", "tenant", "globex"), Some(1.0));
}

#[test]
fn a_series_that_has_ended_is_found_again() {
    static SERIES: SeriesCache<Tenant, CounterSeries> =
        SeriesCache::new(|labels| Cached::global().ended_total.with(labels.clone()));
    SERIES.with(of("gone")).add(5);
    assert!(Cached::global().ended_total.remove(of("gone")));
    assert_eq!(number("series_cache_ended_total", "tenant", "gone"), None);
    SERIES.with(of("gone")).add(2);
    assert_eq!(number("series_cache_ended_total", "tenant", "gone"), Some(2.0));
}

#[test]
fn the_overflow_series_is_not_kept() {
    static FOUND: AtomicUsize = AtomicUsize::new(0);
    static SERIES: SeriesCache<Few, CounterSeries> = SeriesCache::new(|labels| {
        FOUND.fetch_add(1, Ordering::Relaxed);
        Cached::global().few_total.with(labels.clone())
    });
    for few in ["one", "two", "two", "one", "two"] {
        SERIES.with(Few { few }).inc();
    }
    assert_eq!(FOUND.load(Ordering::Relaxed), 4);
    let overflowed = "osapi_metrics_overflowed_samples_total";
    assert_eq!(number(overflowed, "metric", "series_cache_few_total"), Some(3.0));
}

#[test]
fn each_use_of_a_recent_value_counts() {
    static SERIES: SeriesCache<Recent, CounterSeries> =
        SeriesCache::new(|labels| Cached::global().recent_total.with(labels.clone()));
    for recent in ["old", "other", "old", "new"] {
        SERIES.with(Recent { recent }).inc();
    }
    assert_eq!(number("series_cache_recent_total", "recent", "old"), Some(2.0));
    assert_eq!(number("series_cache_recent_total", "recent", "other"), None);
}

#[test]
fn each_thread_keeps_its_own() {
    static SERIES: SeriesCache<Tenant, CounterSeries> =
        SeriesCache::new(|labels| Cached::global().threads_total.with(labels.clone()));
    for _ in 0..4 {
        let count = || (0..10).for_each(|_| SERIES.with(of("shared")).inc());
        std::thread::spawn(count).join().unwrap();
        count();
    }
    assert_eq!(number("series_cache_threads_total", "tenant", "shared"), Some(80.0));
}

#[test]
fn more_label_sets_than_a_thread_keeps_are_found_again() {
    static SERIES: SeriesCache<Many, CounterSeries> =
        SeriesCache::new(|labels| Cached::global().many_total.with(labels.clone()));
    for _ in 0..2 {
        (0..600).for_each(|number| SERIES.with(Many { number }).inc());
    }
    assert_eq!(number("series_cache_many_total", "number", "7"), Some(2.0));
    assert_eq!(number("series_cache_many_total", "number", "599"), Some(2.0));
}

/// A value that looks its series up when its thread-local is destroyed.
struct AtTheEnd;

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        static SERIES: SeriesCache<Tenant, CounterSeries> =
            SeriesCache::new(|labels| Cached::global().threads_total.with(labels.clone()));
        SERIES.with(of("past the end")).inc();
    }
}

#[test]
fn a_thread_that_ends_finds_its_series_without_the_cache() {
    thread_local! {
        static LAST: AtTheEnd = const { AtTheEnd };
    }
    let thread = std::thread::spawn(|| {
        LAST.with(|_| ());
        // The cache is made after `LAST`, and is gone before it.
        drop(AtTheEnd);
    });
    thread.join().unwrap();
    assert_eq!(number("series_cache_threads_total", "tenant", "past the end"), Some(2.0));
}

#[test]
fn a_borrowed_key_finds_what_an_owned_one_has_kept() {
    static FOUND: AtomicU32 = AtomicU32::new(0);
    static SERIES: SeriesCache<String, CounterSeries> = SeriesCache::new(|tenant| {
        FOUND.fetch_add(1, Ordering::Relaxed);
        Cached::global().by_text_total.with(TenantRef { tenant })
    });
    let tenant = String::from("by-text");
    SERIES.with_ref(&tenant[..]).inc();
    SERIES.with_ref("by-text").inc();
    SERIES.with_ref(&tenant).inc();
    SERIES.with(tenant).inc();
    assert_eq!(FOUND.load(Ordering::Relaxed), 1);
    let labels = TenantRef { tenant: "by-text" };
    assert_eq!(Cached::global().by_text_total.find(labels).unwrap().get(), 4);
    assert!(Cached::global().by_text_total.remove(labels));
    SERIES.with_ref("by-text").inc();
    assert_eq!(FOUND.load(Ordering::Relaxed), 2);
    assert_eq!(Cached::global().by_text_total.find(labels).unwrap().get(), 1);
}
