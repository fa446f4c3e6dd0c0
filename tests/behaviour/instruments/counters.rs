use std::{
    hint,
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use osapi_metrics::{
    Counter, LabelSet, LabelValue, MetricSet, exposition::Format, instruments::CounterSeries,
};

use crate::{RUNTIME, read};

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Size {
    Small,
    Large,
}

#[derive(Debug, LabelSet)]
struct Parcel {
    size: Size,
    fragile: bool,
    #[label(max = 10)]
    town: &'static str,
}

#[derive(Debug, LabelSet)]
struct Lot {
    #[label(max = 1000)]
    lot: u16,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "counters")]
#[expect(clippy::struct_field_names, reason = "counters end in `_total`")]
struct Counters {
    /// Whole numbers.
    whole_total: Counter,
    /// Fractions.
    #[metric(unit = "s")]
    busy_seconds_total: Counter<(), f64>,
    /// Never touched, and known.
    #[expect(dead_code, reason = "exported nevertheless")]
    untouched_total: Counter<Size>,
    /// Never touched, and not known.
    #[expect(dead_code, reason = "nothing to export")]
    unknown_total: Counter<Parcel>,
    /// One series is touched.
    touched_total: Counter<Parcel>,
    /// Counted by many threads.
    shared_total: Counter<Size>,
    /// Counted in fractions by many threads.
    shared_fractions_total: Counter<(), f64>,
    /// Counted by threads that make new series at the same time.
    raced_total: Counter<Lot>,
    /// Counted while others read.
    growing_total: Counter,
    /// Counted with what cannot be counted.
    refused_total: Counter<(), f64>,
    /// Counted beyond the largest number.
    largest_total: Counter,
    /// Counted beyond the largest number by several threads.
    largest_of_threads_total: Counter,
}

#[test]
fn a_counter_sums_what_is_added() {
    let counters = Counters::global();
    counters.whole_total.inc();
    counters.whole_total.add(41);
    counters.whole_total.add(0);
    counters.busy_seconds_total.inc();
    counters.busy_seconds_total.add(0.25);

    let reading = read();
    assert_eq!(reading.number("counters_whole_total", &[]), Some(42.0));
    assert_eq!(reading.number("counters_busy_seconds_total", &[]), Some(1.25));
}

#[test]
fn the_largest_whole_numbers_are_exact() {
    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "counters")]
    struct Large {
        /// Beyond what a float can tell apart.
        large_total: Counter,
    }
    Large::global().large_total.add((1 << 53) + 1);
    let text = RUNTIME.render(Format::Text);
    assert!(text.contains("\ncounters_large_total 9007199254740993\n"), "{text}");
}

#[test]
fn known_series_are_zero_before_anything_is_counted() {
    let reading = read();
    for size in ["small", "large"] {
        assert_eq!(reading.number("counters_untouched_total", &[("size", size)]), Some(0.0));
    }
    assert_eq!(reading.label_values("counters_unknown_total", "town"), [""; 0]);
}

#[test]
fn a_series_with_an_open_label_begins_with_its_first_use() {
    let parcel = Parcel { size: Size::Large, fragile: true, town: "Bern" };
    Counters::global().touched_total.with(parcel).add(3);
    let reading = read();
    let labels = [("size", "large"), ("fragile", "true"), ("town", "Bern")];
    assert_eq!(reading.number("counters_touched_total", &labels), Some(3.0));
    assert_eq!(reading.label_values("counters_touched_total", "town"), ["Bern"]);
}

#[test]
fn a_handle_is_copied_and_kept_by_many_threads() {
    let small = Counters::global().shared_total.with(Size::Small);
    let fractions = Counters::global().shared_fractions_total.with(());
    let count = |counter: CounterSeries, fractions: CounterSeries<f64>| {
        for _ in 0..10_000 {
            counter.inc();
            // A sum of powers of two is exact in any order.
            fractions.add(0.5);
        }
    };
    let threads: Vec<_> = (0..8).map(|_| thread::spawn(move || count(small, fractions))).collect();
    for thread in threads {
        thread.join().unwrap();
    }

    let reading = read();
    assert_eq!(reading.number("counters_shared_total", &[("size", "small")]), Some(80_000.0));
    assert_eq!(reading.number("counters_shared_total", &[("size", "large")]), Some(0.0));
    assert_eq!(reading.number("counters_shared_fractions_total", &[]), Some(40_000.0));
}

#[test]
fn threads_that_make_the_same_series_share_it() {
    const LOTS: u16 = 1_000;
    let arrived = AtomicU32::new(0);
    let race = || {
        for lot in 0..LOTS {
            // Both threads begin the series at the same time.
            arrived.fetch_add(1, Ordering::Relaxed);
            while arrived.load(Ordering::Relaxed) < 2 * (u32::from(lot) + 1) {
                hint::spin_loop();
            }
            Counters::global().raced_total.with(Lot { lot }).inc();
        }
    };
    thread::scope(|scope| {
        scope.spawn(race);
        scope.spawn(race);
    });
    let reading = read();
    for lot in 0..LOTS {
        let counted = reading.number("counters_raced_total", &[("lot", &lot.to_string())]);
        assert_eq!(counted, Some(2.0), "{lot}");
    }
}

#[test]
fn no_collection_sees_less_than_an_earlier_one() {
    let collect = || {
        let mut last = Some(0.0);
        for _ in 0..20 {
            let now = read().number("counters_growing_total", &[]);
            assert!(now >= last, "{now:?} after {last:?}");
            last = now;
        }
    };
    thread::scope(|scope| {
        scope.spawn(collect);
        scope.spawn(collect);
        // Threads come and go meanwhile.
        for _ in 0..50 {
            scope.spawn(|| (0..200).for_each(|_| Counters::global().growing_total.inc()));
        }
    });
    assert_eq!(read().number("counters_growing_total", &[]), Some(10_000.0));
}

#[test]
fn what_a_counter_cannot_add_is_dropped_and_counted() {
    let counter = &Counters::global().refused_total;
    counter.add(2.0);
    for refused in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        counter.add(refused);
    }
    let reading = read();
    assert_eq!(reading.number("counters_refused_total", &[]), Some(2.0));
    let dropped = [("metric", "counters_refused_total")];
    assert_eq!(reading.number("osapi_metrics_dropped_samples_total", &dropped), Some(4.0));
}

/// A difference that is negative becomes a great number where it is cast.
#[test]
fn a_counter_of_whole_numbers_never_goes_back() {
    let counter = &Counters::global().largest_total;
    let number = || read().number("counters_largest_total", &[]);
    counter.add(7);
    counter.add((-1_i64).cast_unsigned());
    assert_eq!(number(), Some(7.0));
    counter.add(u64::MAX - 7);
    assert_eq!(number(), Some(u64::MAX as f64));
    counter.inc();
    counter.add(u64::MAX);
    assert_eq!(number(), Some(u64::MAX as f64));
    let dropped = [("metric", "counters_largest_total")];
    assert_eq!(read().number("osapi_metrics_dropped_samples_total", &dropped), Some(3.0));
}

/// Each thread has a sum of its own, and the sum of these sums has an end too.
#[test]
fn the_sum_of_threads_stays_at_the_largest_number() {
    let counter = &Counters::global().largest_of_threads_total;
    let mut last = Some(0.0);
    for _ in 0..3 {
        // Two threads at once have two cells.
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    counter.inc();
                    barrier.wait();
                    counter.add(u64::MAX / 4 * 3);
                });
            }
        });
        let now = read().number("counters_largest_of_threads_total", &[]);
        assert!(now >= last, "{now:?} after {last:?}");
        last = now;
    }
    assert_eq!(last, Some(u64::MAX as f64));
}
