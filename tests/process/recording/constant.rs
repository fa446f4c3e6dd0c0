//! Samples of one value: count, sum and buckets of a scrape belong together, or do not.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use osapi_metrics::{Histogram, MetricSet, Metrics};
use osapi_metrics_tests::reading::{Histogram as Samples, Reading, install};

use crate::{
    RUNTIME,
    labels::{Half, Lane},
};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "constant")]
struct Constant {
    /// By a closed label.
    #[metric(unit = "s", buckets = [0.25, 0.5, 1, 3])]
    closed_seconds: Histogram<Half>,
    /// By an open label.
    #[metric(unit = "s", buckets = [0.25, 0.5, 1, 3])]
    open_seconds: Histogram<Lane>,
    /// Whole numbers.
    #[metric(unit = "By", buckets = [1, 3, 9])]
    whole_bytes: Histogram<(), u64>,
    /// By hundreds of threads.
    #[metric(unit = "s", buckets = [0.25, 0.5, 1, 3])]
    many_seconds: Histogram<Half>,
    /// By hundreds of threads.
    #[metric(unit = "By", buckets = [1, 3, 9])]
    many_bytes: Histogram<Lane, u64>,
}

/// The value of all samples of one half: floats add it up exactly in any order.
const EVEN: f64 = 0.5;
const ODD: f64 = 3.0;

fn value(odd: bool) -> f64 {
    if odd { ODD } else { EVEN }
}

/// The series of the test, each with the value of its samples and the bucket of the value.
fn series(reading: &Reading) -> [(Samples, f64, usize); 5] {
    let of = |name, labels: &[_]| {
        reading.histogram(name, labels).unwrap_or_else(|| Samples {
            count: 0,
            sum: 0.0,
            bounds: Vec::new(),
            buckets: vec![0; 5],
        })
    };
    [
        (of("constant_closed_seconds", &[("half", "even")]), EVEN, 1),
        (of("constant_closed_seconds", &[("half", "odd")]), ODD, 3),
        (of("constant_open_seconds", &[("lane", "0")]), EVEN, 1),
        (of("constant_open_seconds", &[("lane", "1")]), ODD, 3),
        (of("constant_whole_bytes", &[]), ODD, 1),
    ]
}

/// Reads the series of this test until the writers are over, and checks each reading.
#[expect(clippy::float_cmp, reason = "what is exact has to be exact")]
fn read_until(over: &AtomicBool, metrics: &Metrics) {
    let mut last = [0; 5];
    while !over.load(Ordering::Relaxed) {
        let reading = Reading::of_lines_with("constant_", metrics);
        for ((samples, value, bucket), last) in series(&reading).iter().zip(&mut last) {
            let Samples { count, sum, buckets, .. } = samples;
            assert_eq!(buckets.iter().sum::<u64>(), *count, "{samples:?}");
            assert_eq!(buckets[*bucket], *count, "{samples:?}");
            assert_eq!(*sum, *count as f64 * value, "{samples:?}");
            assert!(count >= last, "from {last} back to {samples:?}");
            *last = *count;
        }
    }
}

/// The samples that one writer adds to each of its series.
const SAMPLES: u64 = 60_000;
/// A writer is this many threads, one after the other.
const LIVES: u64 = 20;
const WRITERS: u64 = 8;

#[test]
fn count_sum_and_buckets_belong_together_at_any_moment() {
    let (constant, first) = (Constant::global(), &*RUNTIME);
    let second = install();
    let over = AtomicBool::new(false);
    let live = |odd| {
        let half = if odd { Half::Odd } else { Half::Even };
        for _ in 0..SAMPLES / LIVES {
            constant.closed_seconds.with(half).record(value(odd));
            constant.open_seconds.with(Lane { lane: u64::from(odd) }).record(value(odd));
            constant.whole_bytes.record(3);
        }
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    for _ in 0..LIVES {
                        thread::scope(|scope| {
                            scope.spawn(|| live(writer % 2 == 1)).join().unwrap();
                        });
                    }
                })
            })
            .collect();
        // Two runtimes see the same cells.
        for metrics in [first, &second] {
            let over = &over;
            scope.spawn(move || read_until(over, metrics));
        }
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    let half = SAMPLES * WRITERS / 2;
    let all = [half, half, half, half, SAMPLES * WRITERS];
    for metrics in [first, &second] {
        let reading = Reading::of_lines_with("constant_", metrics);
        assert_eq!(series(&reading).map(|(samples, ..)| samples.count), all);
    }
}

/// More threads than shards.
const THREADS: u64 = 512;

#[test]
fn hundreds_of_threads_at_once_record_exactly() {
    let constant = Constant::global();
    let barrier = Barrier::new(THREADS.try_into().unwrap());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let barrier = &barrier;
            let life = move || {
                let odd = thread % 2 == 1;
                let half = if odd { Half::Odd } else { Half::Even };
                for round in 0..100 {
                    // All threads have recorded before the first one ends.
                    if round == 50 {
                        barrier.wait();
                    }
                    constant.many_seconds.with(half).record(value(odd));
                    constant.many_bytes.with(Lane { lane: thread % 10 }).record(3);
                }
            };
            thread::Builder::new().stack_size(128 << 10).spawn_scoped(scope, life).unwrap();
        }
    });
    let reading = Reading::of_lines_with("constant_many", &RUNTIME);
    for (half, value, bucket) in [("even", EVEN, 1), ("odd", ODD, 3)] {
        let samples = reading.histogram("constant_many_seconds", &[("half", half)]).unwrap();
        let count = THREADS / 2 * 100;
        assert_eq!((samples.count, samples.buckets[bucket]), (count, count));
        assert_eq!(Some(samples.sum), Some(value * count as f64));
    }
    let lanes = (0..10).map(|lane: u64| {
        let lane = lane.to_string();
        let samples = reading.histogram("constant_many_bytes", &[("lane", &lane)]).unwrap();
        assert_eq!(samples.buckets, [0, samples.count, 0, 0]);
        assert_eq!(Some(samples.sum), Some(3.0 * samples.count as f64));
        samples.count
    });
    assert_eq!(lanes.sum::<u64>(), THREADS * 100);
}
