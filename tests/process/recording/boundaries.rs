//! Boundaries that change while a process records.

use std::{
    sync::{
        Barrier, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use osapi_metrics::{
    Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::reading::{Histogram as Samples, Reading};

use crate::RUNTIME;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Lane {
    #[label(max = 10)]
    lane: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Nth {
    #[label(max = 2_000)]
    nth: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "boundaries")]
struct Boundaries {
    /// Recorded a million times.
    #[metric(unit = "s", buckets = [10, 100])]
    million_seconds: Histogram<Lane>,
    /// Recorded by hundreds of threads.
    #[metric(unit = "By", buckets = [10, 100])]
    many_bytes: Histogram<(), u64>,
    /// Begun all the time.
    #[metric(unit = "By", buckets = [10, 100])]
    begun_bytes: Histogram<Nth, u64>,
}

/// A runtime with these boundaries for a metric. The first runtime of the process lives on, because
/// a runtime that is alone sets the boundaries of all metrics.
fn install(metric: &str, boundaries: &[f64]) -> Metrics {
    LazyLock::force(&RUNTIME);
    let mut config = MetricsConfig::default();
    config.buckets.insert(metric.to_owned(), boundaries.to_vec());
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    builder.config(config).install().unwrap()
}

const LANES: u64 = 4;
const ROUNDS: u64 = 250_000;

/// Records the quarters from 0 up to 125, as often as each other, on a thread for each lane.
fn record_million() {
    thread::scope(|scope| {
        for lane in 0..LANES {
            let series = Boundaries::global().million_seconds.with(Lane { lane });
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    series.record((round % 500) as f64 / 4.0);
                }
            });
        }
    });
}

/// The samples of [`record_million`] in a lane up to a boundary.
fn up_to(boundary: u64) -> u64 {
    (4 * boundary + 1) * ROUNDS / 500
}

#[test]
fn a_million_samples_keep_count_and_sum_whatever_the_boundaries() {
    let name = "boundaries_million_seconds";
    let (first, second, third) = (&[20.0, 50.0][..], &[30.0, 50.0, 110.0][..], &[1.0][..]);
    let sum_of_all: f64 = (0..ROUNDS).map(|round| (round % 500) as f64 / 4.0).sum();
    let mut times = 0;
    let read = |boundaries: &[f64], times: u32| {
        let metrics = install(name, boundaries);
        let reading = Reading::of_lines_with(name, &metrics);
        let mut lanes = (0..LANES).map(|lane| {
            let lane = lane.to_string();
            let Samples { count, sum, bounds, buckets } =
                reading.histogram(name, &[("lane", &lane)]).unwrap();
            assert_eq!(count, u64::from(times) * ROUNDS);
            assert_eq!(Some(sum), Some(f64::from(times) * sum_of_all));
            assert_eq!(buckets.iter().sum::<u64>(), count);
            assert_eq!(bounds, boundaries);
            buckets
        });
        let buckets = lanes.next().unwrap();
        assert!(lanes.all(|other| other == buckets));
        buckets
    };
    let mut record = |boundaries: &[f64]| {
        let metrics = install(name, boundaries);
        record_million();
        drop(metrics);
        times += 1;
        times
    };
    let times = record(first);
    let in_first = [up_to(20), up_to(50) - up_to(20), ROUNDS - up_to(50)];
    assert_eq!(read(first, times), in_first);
    // Earlier samples are at the upper boundaries of their buckets.
    assert_eq!(read(second, times), [in_first[0], in_first[1], 0, in_first[2]]);
    let times = record(second);
    let in_second = [up_to(30), up_to(50) - up_to(30), up_to(110) - up_to(50), ROUNDS - up_to(110)];
    let both = [
        in_first[0] + in_second[0],
        in_first[1] + in_second[1],
        in_second[2],
        in_first[2] + in_second[3],
    ];
    assert_eq!(read(second, times), both);
    assert_eq!(read(third, times)[0], 0);
    // Back where they were recorded, the samples are in their own buckets.
    let back = [in_first[0], in_first[1] + up_to(50), in_first[2] + ROUNDS - up_to(50)];
    assert_eq!(read(first, times), back);
    assert_eq!(read(second, times), both);
}

/// Most of these threads have no shard.
#[test]
fn all_threads_count_by_the_boundaries_of_now() {
    let name = "boundaries_many_bytes";
    let read = |metrics: &Metrics| Reading::of(metrics).histogram(name, &[]).unwrap();
    let bytes = &Boundaries::global().many_bytes;
    let threads = 200;
    let (recorded, changed) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    let first = install(name, &[20.0, 200.0]);
    let mut shown = Vec::new();
    // Both outlive the threads: a runtime that another test installs gives the histogram the
    // boundaries of the last one that has not ended.
    let _installed = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                bytes.record(15);
                recorded.wait();
                changed.wait();
                bytes.record(15);
                recorded.wait();
                changed.wait();
                bytes.record(15);
            });
        }
        // Checked once the threads have ended, because they wait for this one.
        recorded.wait();
        shown.push(read(&first).buckets);
        let second = install(name, &[16.0, 18.0]);
        shown.push(read(&second).buckets);
        changed.wait();
        recorded.wait();
        shown.push(read(&second).buckets);
        let third = install(name, &[20.0, 200.0]);
        shown.push(read(&third).buckets);
        changed.wait();
        [second, third]
    });
    let count = threads as u64;
    // Recorded as 15, and counted as 20 where they were recorded by other boundaries.
    let expected = [[count, 0, 0], [0, 0, count], [count, 0, count], [2 * count, 0, 0]];
    assert_eq!(shown, expected);
    let Samples { count: all, sum, buckets, .. } = read(&install(name, &[16.0, 18.0]));
    assert_eq!((all, buckets), (3 * count, vec![count, 0, 2 * count]));
    assert_eq!(Some(sum), Some(45.0 * count as f64));
}

#[test]
fn a_series_that_begins_during_the_change_has_the_new_boundaries() {
    let name = "boundaries_begun_bytes";
    let begun = &Boundaries::global().begun_bytes;
    for round in 0..40 {
        let (barrier, over) = (Barrier::new(2), AtomicBool::new(false));
        let boundaries = if round % 2 == 0 { [16.0, 18.0] } else { [20.0, 200.0] };
        let metrics = thread::scope(|scope| {
            let begins = scope.spawn(|| {
                barrier.wait();
                let mut count = 0;
                while count < 2_000 && !over.load(Ordering::Relaxed) {
                    begun.with(Nth { nth: count });
                    count += 1;
                }
                count
            });
            barrier.wait();
            let metrics = install(name, &boundaries);
            over.store(true, Ordering::Relaxed);
            for nth in 0..begins.join().unwrap() {
                begun.with(Nth { nth }).record(15);
            }
            metrics
        });
        let reading = Reading::of_lines_with(name, &metrics);
        for nth in reading.label_values(name, "nth") {
            let samples = reading.histogram(name, &[("nth", &nth)]).unwrap();
            assert_eq!(samples.buckets, [1, 0, 0], "series {nth} of round {round}");
        }
        begun.retain(|_| false);
    }
}
