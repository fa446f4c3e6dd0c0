use std::thread;

use osapi_metrics::{Histogram, LabelSet, LabelValue, MetricSet};
use osapi_metrics_tests::reading;

use crate::read;

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Route {
    North,
    South,
}

const STEPS: [f64; 3] = [0.5, 1.0, 2.0];

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "histograms")]
struct Histograms {
    /// Fractions.
    #[metric(unit = "s", buckets = [0.1, 0.5, 1])]
    wait_seconds: Histogram,
    /// Whole numbers.
    #[metric(unit = "By", buckets = [256, 1024])]
    body_bytes: Histogram<Route, u64>,
    /// Never recorded.
    #[metric(unit = "s")]
    unused_seconds: Histogram<Route>,
    /// A default ladder.
    #[metric(unit = "By")]
    laddered_bytes: Histogram<(), u64>,
    /// Boundaries of a constant.
    #[metric(unit = "{step}", buckets = STEPS)]
    steps: Histogram,
    /// Recorded by many threads.
    #[metric(unit = "{item}", buckets = [1, 2, 3])]
    shared: Histogram<Route>,
    /// Recorded with what cannot be.
    #[metric(unit = "{item}", buckets = [1])]
    refused: Histogram,
}

#[test]
fn a_sample_counts_in_the_bucket_whose_bound_it_does_not_exceed() {
    let wait = &Histograms::global().wait_seconds;
    for seconds in [0.0, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0] {
        wait.record(seconds);
    }
    let expected = reading::Histogram {
        count: 7,
        sum: 5.35,
        bounds: vec![0.1, 0.5, 1.0],
        buckets: vec![2, 2, 1, 2],
    };
    assert_eq!(read().histogram("histograms_wait_seconds", &[]), Some(expected));
}

#[test]
fn whole_numbers_are_recorded_by_series() {
    let north = Histograms::global().body_bytes.with(Route::North);
    for bytes in [0, 256, 257, 1024, 1 << 40] {
        north.record(bytes);
    }
    let reading = read();
    let expected = reading::Histogram {
        count: 5,
        sum: 1_099_511_629_313.0,
        bounds: vec![256.0, 1024.0],
        buckets: vec![2, 2, 1],
    };
    assert_eq!(reading.histogram("histograms_body_bytes", &[("route", "north")]), Some(expected));
    assert_eq!(reading.histogram("histograms_body_bytes", &[("route", "south")]), None);
}

#[test]
fn a_histogram_without_samples_is_absent() {
    let reading = read();
    assert_eq!(reading.label_values("histograms_unused_seconds", "route"), [""; 0]);
    // A handle alone does not record a sample.
    let _ = Histograms::global().unused_seconds.with(Route::North);
    assert_eq!(read().label_values("histograms_unused_seconds", "route"), [""; 0]);
}

#[test]
fn boundaries_come_from_the_unit_or_a_constant() {
    Histograms::global().laddered_bytes.record(300);
    for step in [0.25, 0.5, 0.75, 1.0, 5.0] {
        Histograms::global().steps.record(step);
    }
    let reading = read();
    let ladder = reading.histogram("histograms_laddered_bytes", &[]).unwrap();
    assert_eq!(
        (ladder.bounds.first(), ladder.bounds.last()),
        (Some(&256.0), Some(&1_073_741_824.0))
    );
    assert_eq!(ladder.buckets[..3], [0, 1, 0]);
    let steps = reading.histogram("histograms_steps", &[]).unwrap();
    assert_eq!((steps.bounds.as_slice(), steps.sum), (&STEPS[..], 7.5));
    assert_eq!(steps.buckets, [2, 2, 0, 1]);
}

#[test]
fn many_threads_lose_no_sample() {
    let series = Histograms::global().shared.with(Route::South);
    let threads: Vec<_> = (0..8_u32)
        .map(|thread| {
            thread::spawn(move || {
                for round in 0..2_000_u32 {
                    series.record(f64::from((thread + round) % 4) + 0.5);
                }
            })
        })
        .collect();
    // Collections run in between.
    for _ in 0..5 {
        let histogram = read().histogram("histograms_shared", &[("route", "south")]);
        assert!(histogram.is_none_or(|h| h.count == h.buckets.iter().sum::<u64>()));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    let expected = reading::Histogram {
        count: 16_000,
        sum: 32_000.0,
        bounds: vec![1.0, 2.0, 3.0],
        buckets: vec![4_000; 4],
    };
    let shared = read().histogram("histograms_shared", &[("route", "south")]);
    assert_eq!(shared, Some(expected));
}

#[test]
fn samples_that_are_no_numbers_are_dropped_and_counted() {
    let histogram = &Histograms::global().refused;
    histogram.record(0.5);
    for refused in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        histogram.record(refused);
    }
    let reading = read();
    let refused = reading.histogram("histograms_refused", &[]).unwrap();
    assert_eq!((refused.count, refused.sum), (1, 0.5));
    let dropped = [("metric", "histograms_refused")];
    assert_eq!(reading.number("osapi_metrics_dropped_samples_total", &dropped), Some(3.0));
}
