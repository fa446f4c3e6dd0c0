//! The current value of a series, as the program itself reads it.

use std::{
    panic,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter, instruments::HistogramSnapshot,
};
use osapi_metrics_tests::reading::Reading;

use crate::{
    labels::{Half, Lane},
    past_end::end_new_threads,
    read,
};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 2)]
    task: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Few {
    #[label(max = 2)]
    few: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "current")]
struct Current {
    /// Counted.
    whole_total: Counter,
    /// Counted in fractions.
    fractions_total: Counter<Half, f64>,
    /// Up and down.
    stock: UpDownCounter<Half>,
    /// Up and down in fractions.
    stock_fractions: UpDownCounter<(), f64>,
    /// Set.
    level: Gauge,
    /// Set to whole numbers.
    level_whole: Gauge<Half, i64>,
    /// Samples.
    #[metric(unit = "s", buckets = [1, 4])]
    wait_seconds: Histogram,
    /// Samples of whole numbers.
    #[metric(unit = "By", buckets = [1, 4])]
    sent_bytes: Histogram<Half, u64>,
    /// Found by number.
    found_total: Counter<Lane>,
    /// Found by number.
    found_stock: UpDownCounter<Lane>,
    /// Found by number.
    found_level: Gauge<Lane>,
    /// Found by number.
    #[metric(unit = "s", buckets = [1, 4])]
    found_seconds: Histogram<Lane>,
    /// Of recent tasks.
    recent_total: Counter<Task>,
    /// Of a few.
    limited_total: Counter<Few>,
    /// Begun by threads at their end.
    late_total: Counter<Lane>,
    /// Counted by many threads.
    raced_total: Counter,
    /// Counted in fractions by many threads.
    raced_fractions_total: Counter<(), f64>,
    /// Samples of many threads.
    #[metric(unit = "s", buckets = [1])]
    raced_seconds: Histogram,
    /// Up and down by many threads.
    raced_stock: UpDownCounter,
}

#[test]
#[expect(clippy::float_cmp, reason = "what is exact has to be exact")]
fn a_thread_reads_what_it_has_recorded() {
    let current = Current::global();
    let (whole, stock) = (&current.whole_total, current.stock.with(Half::Even));
    let fractions = current.fractions_total.with(Half::Odd);
    for round in 1..=50 {
        whole.add(2);
        fractions.add(0.5);
        stock.add(3);
        stock.dec();
        current.stock_fractions.add(-0.25);
        assert_eq!(whole.get(), round * 2);
        assert_eq!(fractions.get(), round as f64 * 0.5);
        assert_eq!(stock.get(), i64::try_from(round).unwrap() * 2);
        assert_eq!(current.stock_fractions.get(), round as f64 * -0.25);
    }
    assert_eq!(current.fractions_total.with(Half::Even).get(), 0.0);
    // The runtime reads the same.
    let reading = read();
    assert_eq!(reading.number("current_whole_total", &[]), Some(100.0));
    assert_eq!(reading.number("current_stock", &[("half", "even")]), Some(100.0));
}

#[test]
fn a_gauge_has_a_value_while_it_is_set() {
    let current = Current::global();
    let (level, whole) = (&current.level, current.level_whole.with(Half::Even));
    assert_eq!((level.get(), whole.get()), (None, None));
    level.set(0.25);
    whole.set(-7);
    assert_eq!((level.get(), whole.get()), (Some(0.25), Some(-7)));
    level.set(f64::NAN);
    assert_eq!(level.get(), Some(0.25));
    level.clear();
    whole.clear();
    assert_eq!((level.get(), whole.get()), (None, None));
    assert_eq!(current.level_whole.with(Half::Odd).get(), None);
}

fn parts<V: osapi_metrics::instruments::HistogramValue>(
    snapshot: HistogramSnapshot<V>,
) -> (u64, V, Option<V>, Option<V>) {
    (snapshot.count, snapshot.sum, snapshot.min, snapshot.max)
}

#[test]
fn a_histogram_has_the_sum_of_what_it_counts() {
    let current = Current::global();
    let (wait, sent) = (&current.wait_seconds, current.sent_bytes.with(Half::Odd));
    assert_eq!(parts(wait.get()), (0, 0.0, None, None));
    assert_eq!(parts(sent.get()), (0, 0, None, None));
    for sample in [0.5, 8.0, 2.0] {
        wait.record(sample);
    }
    wait.record(f64::INFINITY);
    sent.record(3);
    let other = move || sent.record(900);
    thread::spawn(other).join().unwrap();
    assert_eq!(parts(wait.get()), (3, 10.5, Some(0.5), Some(8.0)));
    assert_eq!(parts(sent.get()), (2, 903, Some(3), Some(900)));
    assert_eq!(parts(current.sent_bytes.with(Half::Even).get()), (0, 0, None, None));
}

#[test]
fn a_series_is_found_only_once_it_exists() {
    let current = Current::global();
    let lane = Lane { lane: 7 };
    let exist = || {
        let all = [
            current.found_total.find(lane).is_some(),
            current.found_stock.find(lane).is_some(),
            current.found_level.find(lane).is_some(),
            current.found_seconds.find(lane).is_some(),
        ];
        assert!(all.iter().all(|exists| *exists == all[0]), "{all:?}");
        all[0]
    };
    assert!(!exist());
    assert!(!exist());
    let label = [("lane", "7")];
    assert_eq!(read().number("current_found_total", &label), None);
    assert_eq!(read().number("current_found_stock", &label), None);

    current.found_total.with(lane).add(5);
    current.found_stock.with(lane).add(-5);
    current.found_level.with(lane).set(0.5);
    current.found_seconds.with(lane).record(2.0);
    assert!(exist());
    let total = current.found_total.find(lane).unwrap();
    assert_eq!(total.get(), 5);
    assert_eq!(current.found_stock.find(lane).unwrap().get(), -5);
    assert_eq!(current.found_level.find(lane).unwrap().get(), Some(0.5));
    let seconds = current.found_seconds.find(lane).unwrap();
    assert_eq!(parts(seconds.get()), (1, 2.0, Some(2.0), Some(2.0)));
    // The handle records too.
    total.inc();
    assert_eq!(current.found_total.with(lane).get(), 6);

    // Handles of series that have ended.
    let (stock, level) = (current.found_stock.with(lane), current.found_level.with(lane));
    assert!(current.found_total.remove(lane));
    assert!(current.found_stock.remove(lane));
    assert!(current.found_level.remove(lane));
    assert!(current.found_seconds.remove(lane));
    assert!(!exist());
    let ended = || (total.get(), stock.get(), level.get(), parts(seconds.get()));
    assert_eq!(ended(), (0, 0, None, (0, 0.0, None, None)));
    // The slots go to other series, whose values the handles do not show.
    for lane in 20..60 {
        let lane = Lane { lane };
        current.found_total.with(lane).add(9);
        current.found_stock.with(lane).add(9);
        current.found_level.with(lane).set(9.0);
        current.found_seconds.with(lane).record(9.0);
    }
    assert_eq!(ended(), (0, 0, None, (0, 0.0, None, None)));
}

#[test]
fn a_closed_set_has_all_its_series_from_the_start() {
    let current = Current::global();
    assert!(current.stock.find(Half::Odd).is_some());
    assert!(current.sent_bytes.find(Half::Odd).is_some());
    current.stock.find(Half::Odd).unwrap().add(4);
    assert_eq!(current.stock.with(Half::Odd).get(), 4);
}

#[test]
fn to_find_a_series_is_no_use_of_a_recent_value() {
    let recent = &Current::global().recent_total;
    let count = |task| recent.find(Task { task }).map(|series| series.get());
    recent.with(Task { task: 1 }).inc();
    recent.with(Task { task: 2 }).inc();
    assert_eq!((count(1), count(2), count(3)), (Some(1), Some(1), None));
    assert_eq!(count(1), Some(1));
    // The least recently used one is 1, although it was read last.
    recent.with(Task { task: 3 }).inc();
    assert_eq!((count(1), count(2), count(3)), (None, Some(1), Some(1)));
}

#[test]
fn labels_beyond_a_limit_share_a_series_that_is_not_found_by_them() {
    let limited = &Current::global().limited_total;
    for few in ["a", "b", "c", "d"] {
        limited.with(Few { few }).add(10);
    }
    assert_eq!(limited.find(Few { few: "a" }).map(|series| series.get()), Some(10));
    assert!(limited.find(Few { few: "c" }).is_none());
    // Both record in one series, and so does whoever asks for further labels.
    assert_eq!(limited.with(Few { few: "c" }).get(), 20);
    assert_eq!(limited.with(Few { few: "e" }).get(), 20);
    let beyond = |reading: &Reading| {
        let metric = [("metric", "current_limited_total")];
        reading.number("osapi_metrics_overflowed_samples_total", &metric)
    };
    let before = beyond(&read());
    assert!(limited.find(Few { few: "f" }).is_none());
    assert_eq!(beyond(&read()), before);
}

#[test]
fn a_series_that_a_thread_has_begun_at_its_end_is_found() {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let counter = &Current::global().late_total;
    end_new_threads(|_| {
        let lane = NEXT.fetch_add(1, Ordering::Relaxed);
        Current::global().late_total.with(Lane { lane }).add(lane);
    });
    let begun = NEXT.load(Ordering::Relaxed);
    assert_eq!(begun, 20);
    // The last one first, which no other thread has put into the table.
    for lane in (0..begun).rev() {
        assert_eq!(counter.find(Lane { lane }).map(|series| series.get()), Some(lane));
    }
    assert!(counter.find(Lane { lane: begun }).is_none());
}

#[test]
#[expect(clippy::float_cmp, reason = "what is exact has to be exact")]
fn beside_other_threads_no_read_goes_back_or_misses_what_is_over() {
    const THREADS: u64 = 160;
    const ROUNDS: u64 = 200;
    let current = Current::global();
    let over = AtomicBool::new(false);
    let record = || {
        for _ in 0..ROUNDS {
            current.raced_total.inc();
            // Sums of tenths depend on the order of adding.
            current.raced_fractions_total.add(0.1);
            current.raced_seconds.record(0.5);
            current.raced_stock.add(3);
            current.raced_stock.add(-3);
        }
        current.raced_stock.inc();
    };
    let read = || {
        let (mut whole, mut fractions, mut count) = (0, 0.0, 0);
        while !over.load(Ordering::Relaxed) {
            let (now, now_fractions) =
                (current.raced_total.get(), current.raced_fractions_total.get());
            assert!(now >= whole, "from {whole} back to {now}");
            assert!(now_fractions >= fractions, "from {fractions} back to {now_fractions}");
            let seconds = current.raced_seconds.get();
            assert!(seconds.count >= count, "from {count} back to {}", seconds.count);
            assert_eq!(seconds.sum, seconds.count as f64 * 0.5);
            (whole, fractions, count) = (now, now_fractions, seconds.count);
        }
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        for number in 1..=THREADS / 4 {
            let writers: Vec<_> = (0..4).map(|_| scope.spawn(record)).collect();
            for writer in writers {
                writer.join().unwrap_or_else(|payload| panic::resume_unwind(payload));
            }
            // Everything that has happened before is there.
            assert_eq!(current.raced_total.get(), number * 4 * ROUNDS);
            assert_eq!(current.raced_seconds.get().count, number * 4 * ROUNDS);
            assert_eq!(current.raced_stock.get(), i64::try_from(number * 4).unwrap());
        }
        over.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap_or_else(|payload| panic::resume_unwind(payload));
        }
    });
    let fractions = current.raced_fractions_total.get();
    assert!((fractions - (THREADS * ROUNDS) as f64 * 0.1).abs() < 1e-6, "{fractions}");
}
