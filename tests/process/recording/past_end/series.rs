//! Series that begin and end while a thread ends.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    UpDownCounter,
    instruments::{CounterSeries, HistogramSeries, SeriesCache},
};
use osapi_metrics_tests::reading::Reading;

use super::{Life, Order, THREADS, end_new_threads, end_thread, end_threads};
use crate::read;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelSet)]
struct Nth {
    #[label(max = 2_000)]
    nth: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 3)]
    task: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Few {
    #[label(max = 1)]
    few: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "late")]
struct Late {
    /// Counted.
    whole_total: Counter<Nth>,
    /// Counted in fractions.
    fractions_total: Counter<Nth, f64>,
    /// Up and down.
    stock: UpDownCounter<Nth>,
    /// Set.
    level: Gauge<Nth>,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Nth>,
    /// Samples of whole numbers.
    #[metric(unit = "By", buckets = [1])]
    sent_bytes: Histogram<Nth, u64>,
    /// Observed.
    #[metric(unit = "Cel")]
    heat_celsius: ObservableGauge<Nth>,
    /// Observed without labels.
    faults_total: ObservableCounter,
    /// Removed.
    removed_total: Counter<Nth>,
    /// Removed.
    #[metric(unit = "s", buckets = [1])]
    removed_seconds: Histogram<Nth>,
    /// Removed, and begun by other threads.
    shared_total: Counter<Nth>,
    /// The last ones stay.
    tasks_total: Counter<Task>,
    /// The last ones stay.
    #[metric(unit = "s", buckets = [1])]
    task_seconds: Histogram<Task>,
    /// Beyond the limit.
    few_total: Counter<Few>,
    /// Through a cache.
    cached_total: Counter<Nth>,
    /// Through a cache.
    #[metric(unit = "s", buckets = [1])]
    cached_seconds: Histogram<Nth>,
}

/// The calls of functions that record, each with another number.
fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn with_number(nth: u64) -> String {
    nth.to_string()
}

/// The series of each number.
fn each(reading: &Reading, name: &str, numbers: u32, check: impl Fn([(&str, &str); 1])) {
    let known = reading.label_values(name, "nth");
    assert_eq!(known.len(), numbers as usize, "{name}");
    for nth in &known {
        check([("nth", nth)]);
    }
}

#[test]
fn every_verb_begins_series_until_the_very_end() {
    fn verbs(_: Order) {
        let (late, nth) = (Late::global(), Nth { nth: next() });
        late.whole_total.with(nth).inc();
        late.fractions_total.with(nth).add(0.5);
        late.stock.with(nth).add(3);
        let inside = late.stock.with(nth).guard();
        late.level.with(nth).set(2.0);
        late.wait_seconds.with(nth).record(0.5);
        late.wait_seconds.with(nth).start_timer().stop();
        late.wait_seconds.with(nth).time(|| ());
        late.sent_bytes.with(nth).record(7);
        late.heat_celsius.with(nth).observe(|| 21.5).keep();
        late.faults_total.observe(|| 1).keep();
        drop(inside);
    }
    end_threads(verbs);
    end_new_threads(verbs);
    let (reading, calls) = (read(), 5 * THREADS);
    let number = |name, value| {
        each(&reading, name, calls, |nth| assert_eq!(reading.number(name, &nth), Some(value)));
    };
    number("late_whole_total", 1.0);
    number("late_fractions_total", 0.5);
    number("late_stock", 3.0);
    number("late_level", 2.0);
    number("late_heat_celsius", 21.5);
    assert_eq!(reading.number("late_faults_total", &[]), Some(f64::from(calls)));
    each(&reading, "late_wait_seconds", calls, |nth| {
        let wait = reading.histogram("late_wait_seconds", &nth).unwrap();
        assert_eq!((wait.count, wait.buckets), (3, vec![3, 0]));
    });
    each(&reading, "late_sent_bytes", calls, |nth| {
        let sent = reading.histogram("late_sent_bytes", &nth).unwrap();
        assert_eq!((sent.count, sent.sum, sent.buckets), (1, 7.0, vec![0, 1]));
    });
    // The other tests read all series too.
    let late = Late::global();
    late.whole_total.retain(|_| false);
    late.fractions_total.retain(|_| false);
    late.stock.retain(|_| false);
    late.level.retain(|_| false);
    late.wait_seconds.retain(|_| false);
    late.sent_bytes.retain(|_| false);
}

#[test]
fn series_end_and_begin_anew_until_the_very_end() {
    fn verbs(_: Order) {
        let Late { removed_total: counter, removed_seconds: histogram, .. } = Late::global();
        let nth = Nth { nth: next() };
        for _ in 0..2 {
            let series = (counter.with(nth), histogram.with(nth));
            series.0.inc();
            series.1.record(0.5);
            assert!(counter.remove(nth) && histogram.remove(nth));
            assert!(!counter.remove(nth) && !histogram.remove(nth));
            series.0.inc();
            series.1.record(0.5);
        }
        for _ in 0..2 {
            counter.with(nth).inc();
            histogram.with(nth).record(0.5);
            let other = |labels: &osapi_metrics::labels::SeriesLabels| {
                labels.get("nth").unwrap().to_string() != with_number(nth.nth)
            };
            assert_eq!((counter.retain(other), histogram.retain(other)), (1, 1));
        }
        counter.with(nth).inc();
        histogram.with(nth).record(2.0);
    }
    end_threads(verbs);
    end_new_threads(verbs);
    let (reading, calls) = (read(), 5 * THREADS);
    each(&reading, "late_removed_total", calls, |nth| {
        assert_eq!(reading.number("late_removed_total", &nth), Some(1.0));
    });
    each(&reading, "late_removed_seconds", calls, |nth| {
        let samples = reading.histogram("late_removed_seconds", &nth).unwrap();
        assert_eq!((samples.count, samples.sum, samples.buckets), (1, 2.0, vec![0, 1]));
    });
    Late::global().removed_total.retain(|_| false);
    Late::global().removed_seconds.retain(|_| false);
}

/// A thread at its end changes what other threads find.
#[test]
fn other_threads_find_what_a_thread_has_begun_or_ended_at_its_end() {
    static SHARED: LazyLock<Nth> = LazyLock::new(|| Nth { nth: next() });
    static OTHER: LazyLock<Nth> = LazyLock::new(|| Nth { nth: next() });
    let counter = &Late::global().shared_total;
    let count = |reading: Reading, nth: &Nth| {
        reading.number("late_shared_total", &[("nth", &*nth.nth.to_string())])
    };
    for read_between in [false, true] {
        // Begun at the end, used here.
        end_thread(Life::Busy, |_| Late::global().shared_total.with(*SHARED).inc());
        end_new_threads(|_| Late::global().shared_total.with(*SHARED).inc());
        if read_between {
            assert_eq!(count(read(), &SHARED), Some(f64::from(THREADS + 1)));
        }
        counter.with(*SHARED).inc();
        assert_eq!(count(read(), &SHARED), Some(f64::from(THREADS + 2)));
        // Begun here, ended at the end, begun here.
        end_thread(Life::Busy, |_| {
            let counter = &Late::global().shared_total;
            assert!(counter.remove(*SHARED));
            // Another series, of the same slot perhaps.
            counter.with(*OTHER).inc();
        });
        if read_between {
            assert_eq!(count(read(), &SHARED), None);
        }
        counter.with(*SHARED).inc();
        assert_eq!(count(read(), &SHARED), Some(1.0));
        assert_eq!(count(read(), &OTHER), Some(1.0));
        assert!(counter.remove(*SHARED));
        assert!(!counter.remove(*SHARED));
        assert_eq!(count(read(), &SHARED), None);
        // Begun and ended at the end.
        end_new_threads(|_| {
            let counter = &Late::global().shared_total;
            counter.with(*SHARED).inc();
            assert!(counter.remove(*SHARED));
        });
        // Ended and begun anew at the end.
        counter.with(*SHARED).add(7);
        end_thread(Life::Busy, |_| {
            let counter = &Late::global().shared_total;
            assert!(counter.remove(*SHARED));
            counter.with(*SHARED).inc();
        });
        counter.with(*SHARED).inc();
        assert_eq!(count(read(), &SHARED), Some(2.0));
        assert!(counter.remove(*SHARED));
        assert!(!counter.remove(*SHARED));
        assert_eq!(count(read(), &SHARED), None);
        assert!(counter.remove(*OTHER));
    }
}

#[test]
fn limits_hold_until_the_very_end() {
    fn verbs(_: Order) {
        let late = Late::global();
        for _ in 0..5 {
            let task = Task { task: next() };
            late.tasks_total.with(task).inc();
            late.task_seconds.with(task).record(0.5);
        }
        late.few_total.with(Few { few: next() }).inc();
    }
    // No thread at its end uses up the limit alone.
    Late::global().few_total.with(Few { few: u64::MAX }).inc();
    end_threads(verbs);
    end_new_threads(verbs);
    let reading = read();
    for name in ["late_tasks_total", "late_task_seconds"] {
        assert_eq!(reading.label_values(name, "task").len(), 3, "{name}");
    }
    let beyond = reading.number("late_few_total", &[("otel_metric_overflow", "true")]);
    assert_eq!(beyond, Some(f64::from(5 * THREADS)));
}

#[test]
fn a_cache_finds_series_until_the_very_end() {
    fn verbs(_: Order) {
        static SERIES: SeriesCache<Nth, (CounterSeries, HistogramSeries)> =
            SeriesCache::new(|nth| {
                let late = Late::global();
                (late.cached_total.with(*nth), late.cached_seconds.with(*nth))
            });
        let nth = Nth { nth: next() };
        for _ in 0..3 {
            let (counter, histogram) = SERIES.with(nth);
            counter.inc();
            histogram.record(0.5);
        }
    }
    end_threads(verbs);
    end_new_threads(verbs);
    let reading = read();
    each(&reading, "late_cached_total", 5 * THREADS, |nth| {
        assert_eq!(reading.number("late_cached_total", &nth), Some(3.0));
        assert_eq!(reading.histogram("late_cached_seconds", &nth).unwrap().count, 3);
    });
    Late::global().cached_total.retain(|_| false);
    Late::global().cached_seconds.retain(|_| false);
}
