//! Hundreds of threads that record a little and end, while another thread reads all the time.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use osapi_metrics::{
    Counter, Histogram, MetricSet, UpDownCounter, instrumented_job,
    instruments::{CounterSeries, HistogramSeries},
};
use osapi_metrics_tests::reading::Reading;

use crate::{
    labels::{Half, Lane},
    read,
};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "storm")]
struct Storm {
    /// Whole numbers.
    whole_total: Counter,
    /// Tenths, whose sum depends on the order of adding.
    tenths_total: Counter<(), f64>,
    /// By a closed label.
    halves_total: Counter<Half>,
    /// By an open label.
    lanes_total: Counter<Lane>,
    /// Through handles of another thread.
    kept_total: Counter<Lane>,
    /// Up and down.
    inside: UpDownCounter,
    /// Up and down in fractions.
    inside_fractions: UpDownCounter<Lane, f64>,
    /// Samples.
    #[metric(unit = "s", buckets = [1, 2, 4])]
    wait_seconds: Histogram<Half>,
    /// Samples of whole numbers.
    #[metric(unit = "By", buckets = [1, 2, 4])]
    sent_bytes: Histogram<(), u64>,
}

const AT_A_TIME: u64 = 8;
const EACH: u64 = 80;
const THREADS: u64 = AT_A_TIME * EACH;
const ROUNDS: u64 = 60;

#[instrumented_job(name = "storm.short", output_size = |size: &usize| *size)]
fn job(size: usize) -> usize {
    size
}

/// The life of one thread.
fn live(thread: u64, kept: CounterSeries, kept_wait: HistogramSeries) {
    let storm = Storm::global();
    let half = if thread.is_multiple_of(2) { Half::Even } else { Half::Odd };
    let lane = Lane { lane: thread % 10 };
    for round in 0..ROUNDS {
        let _inside = storm.inside.guard();
        storm.whole_total.inc();
        storm.tenths_total.add(0.1);
        storm.halves_total.with(half).add(2);
        storm.lanes_total.with(lane).inc();
        kept.inc();
        storm.inside_fractions.with(lane).add(0.1);
        storm.wait_seconds.with(half).record(0.5 * (round % 10) as f64);
        kept_wait.record(8.0);
        storm.sent_bytes.record(round % 12);
        storm.inside_fractions.with(lane).add(-0.1);
        job(100);
    }
}

/// The sums of a scrape, which never decrease.
fn sums(reading: &Reading) -> Vec<(String, f64)> {
    let mut sums = Vec::new();
    let job = [("job_name", "storm.short")];
    let completed = [job[0], ("status", "completed")];
    for (name, labels) in [
        ("storm_whole_total", &[][..]),
        ("storm_tenths_total", &[]),
        ("storm_halves_total", &[("half", "even")]),
        ("storm_halves_total", &[("half", "odd")]),
        ("storm_lanes_total", &[("lane", "1")]),
        ("storm_kept_total", &[("lane", "7")]),
        ("osapi_jobs_started_total", &job),
        ("osapi_jobs_completed_total", &completed),
    ] {
        sums.push((format!("{name}{labels:?}"), reading.number(name, labels).unwrap_or(0.0)));
    }
    for (name, labels) in [
        ("storm_wait_seconds", &[("half", "even")][..]),
        ("storm_wait_seconds", &[("half", "odd")]),
        ("storm_sent_bytes", &[]),
        ("osapi_job_duration_seconds", &completed),
        ("osapi_job_output_size_bytes", &job),
    ] {
        // The parser has compared the count with the last bucket.
        let Some(histogram) = reading.histogram(name, labels) else { continue };
        let mut below = 0;
        for (bucket, count) in histogram.buckets.iter().enumerate() {
            below += count;
            sums.push((format!("{name}{labels:?} {bucket}"), below as f64));
        }
        assert_eq!(below, histogram.count, "{name}");
        sums.push((format!("{name}{labels:?} sum"), histogram.sum));
    }
    sums
}

#[test]
fn nothing_is_lost_or_counted_twice_and_no_sum_goes_back() {
    let storm = Storm::global();
    let (kept, kept_wait) =
        (storm.kept_total.with(Lane { lane: 7 }), storm.wait_seconds.with(Half::Odd));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut last = BTreeMap::new();
            while !over.load(Ordering::Relaxed) {
                for (name, sum) in sums(&read()) {
                    let before = last.insert(name.clone(), sum).unwrap_or(0.0);
                    assert!(sum >= before, "{name}: from {before} back to {sum}");
                }
            }
        });
        let starters: Vec<_> = (0..AT_A_TIME)
            .map(|starter| {
                scope.spawn(move || {
                    for number in 0..EACH {
                        let thread = number * AT_A_TIME + starter;
                        thread::spawn(move || live(thread, kept, kept_wait)).join().unwrap();
                    }
                })
            })
            .collect();
        for starter in starters {
            starter.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    check(&read());
}

#[expect(clippy::float_cmp, reason = "what is exact has to be exact")]
fn check(reading: &Reading) {
    let total = (THREADS * ROUNDS) as f64;
    let number = |name: &str, labels: &[(&str, &str)]| reading.number(name, labels).unwrap();
    assert_eq!(number("storm_whole_total", &[]), total);
    assert!((number("storm_tenths_total", &[]) - total / 10.0).abs() < 1e-6);
    for half in ["even", "odd"] {
        assert_eq!(number("storm_halves_total", &[("half", half)]), total);
    }
    for lane in 0..10 {
        let labels = [("lane", &*lane.to_string())];
        assert_eq!(number("storm_lanes_total", &labels), total / 10.0);
        assert!(number("storm_inside_fractions", &labels).abs() < 1e-9);
    }
    assert_eq!(number("storm_kept_total", &[("lane", "7")]), total);
    assert_eq!(number("storm_inside", &[]), 0.0);

    let even = reading.histogram("storm_wait_seconds", &[("half", "even")]).unwrap();
    let odd = reading.histogram("storm_wait_seconds", &[("half", "odd")]).unwrap();
    // Six times 0, 0.5, … 4.5, of which three are up to 1, two up to 2, four up to 4, one above.
    let half = THREADS / 2;
    let buckets = [18, 12, 24, 6].map(|count| count * half);
    assert_eq!((even.count, &*even.buckets), (half * ROUNDS, &buckets[..]));
    assert_eq!(even.sum, 135.0 * half as f64);
    assert_eq!(odd.count, (half + THREADS) * ROUNDS);
    assert_eq!(odd.buckets[..3], buckets[..3]);
    assert_eq!(odd.sum, 135.0 * half as f64 + 8.0 * total);
    // Five times 0, 1, … 11.
    let sent = reading.histogram("storm_sent_bytes", &[]).unwrap();
    assert_eq!((sent.count, sent.sum), (THREADS * ROUNDS, 330.0 * THREADS as f64));
    assert_eq!(sent.buckets, [10, 5, 10, 35].map(|count| count * THREADS));

    let job = [("job_name", "storm.short")];
    let completed = [job[0], ("status", "completed")];
    assert_eq!(number("osapi_jobs_started_total", &job), total);
    assert_eq!(number("osapi_jobs_completed_total", &completed), total);
    assert_eq!(number("osapi_jobs_active", &job), 0.0);
    assert_eq!(reading.number("osapi_job_oldest_active_seconds", &job), None);
    let duration = reading.histogram("osapi_job_duration_seconds", &completed).unwrap();
    assert_eq!(duration.count, THREADS * ROUNDS);
    let output = reading.histogram("osapi_job_output_size_bytes", &job).unwrap();
    assert_eq!((output.count, output.sum), (THREADS * ROUNDS, 100.0 * total));
}
