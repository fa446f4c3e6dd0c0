use std::{
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use osapi_metrics::{Histogram, MetricSet, instruments::HistogramValue};

use crate::read;

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "timing", allow(non_base_units))]
struct Times {
    /// In seconds.
    #[metric(unit = "s", buckets = [1, 2])]
    long_seconds: Histogram,
    /// In milliseconds.
    #[metric(unit = "ms", buckets = [1, 2])]
    short_milliseconds: Histogram,
    /// In microseconds.
    #[metric(unit = "us", buckets = [1, 2])]
    shorter_microseconds: Histogram,
    /// In whole nanoseconds.
    #[metric(unit = "ns", buckets = [1, 2])]
    shortest_nanoseconds: Histogram<(), u64>,
    /// In whole milliseconds.
    #[metric(unit = "ms", buckets = [1, 2])]
    rounded_milliseconds: Histogram<(), u64>,
    /// Not a time.
    #[metric(unit = "By", buckets = [1, 2])]
    size_bytes: Histogram,
    /// Not a time, and whole.
    #[metric(unit = "By", buckets = [1, 2])]
    whole_size_bytes: Histogram<(), u64>,
    /// Timers.
    #[metric(unit = "s")]
    timer_seconds: Histogram,
    /// Closures.
    #[metric(unit = "s")]
    closure_seconds: Histogram,
    /// Futures.
    #[metric(unit = "s")]
    future_seconds: Histogram,
}

fn sum(name: &str) -> Option<f64> {
    read().histogram(name, &[]).map(|histogram| histogram.sum)
}

fn count(name: &str) -> u64 {
    read().histogram(name, &[]).map_or(0, |histogram| histogram.count)
}

#[test]
fn a_duration_is_recorded_in_the_metric_s_unit() {
    let times = Times::global();
    let duration = Duration::from_micros(1_500);
    times.long_seconds.record_duration(duration);
    times.short_milliseconds.record_duration(duration);
    times.shorter_microseconds.record_duration(duration);
    times.shortest_nanoseconds.record_duration(duration);
    times.rounded_milliseconds.record_duration(Duration::from_micros(2_600));

    assert_eq!(sum("timing_long_seconds"), Some(0.0015));
    assert_eq!(sum("timing_short_milliseconds"), Some(1.5));
    assert_eq!(sum("timing_shorter_microseconds"), Some(1_500.0));
    assert_eq!(sum("timing_shortest_nanoseconds"), Some(1_500_000.0));
    assert_eq!(sum("timing_rounded_milliseconds"), Some(3.0));
}

#[test]
fn a_duration_has_no_place_among_sizes() {
    fn record<V: HistogramValue>(name: &str, sizes: &Histogram<(), V>) {
        sizes.record_duration(Duration::from_secs(1));
        let reading = read();
        assert_eq!(reading.histogram(name, &[]), None);
        let dropped = reading.number("osapi_metrics_dropped_samples_total", &[("metric", name)]);
        assert_eq!(dropped, Some(1.0), "{name}");
    }
    record("timing_size_bytes", &Times::global().size_bytes);
    record("timing_whole_size_bytes", &Times::global().whole_size_bytes);
}

#[test]
fn a_timer_records_once_however_it_ends() {
    let seconds = &Times::global().timer_seconds;
    let timer = seconds.start_timer();
    assert_eq!(count("timing_timer_seconds"), 0);
    drop(timer);
    assert_eq!(count("timing_timer_seconds"), 1);
    seconds.start_timer().stop();
    assert_eq!(count("timing_timer_seconds"), 2);
    seconds.start_timer().discard();
    assert_eq!(count("timing_timer_seconds"), 2);
}

#[test]
fn a_closure_is_timed_also_when_it_panics() {
    let seconds = &Times::global().closure_seconds;
    assert_eq!(seconds.time(|| 6 * 7), 42);
    assert_eq!(count("timing_closure_seconds"), 1);
    let panicked = catch_unwind(AssertUnwindSafe(|| seconds.time(|| panic!("timed"))));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"timed"));
    assert_eq!(count("timing_closure_seconds"), 2);
}

#[tokio::test]
async fn a_future_is_timed_from_its_first_poll_to_its_end_or_drop() {
    let seconds = &Times::global().future_seconds;
    assert_eq!(seconds.time_async(ready(42)).await, 42);
    assert_eq!(count("timing_future_seconds"), 1);

    drop(seconds.time_async(pending::<()>()));
    assert_eq!(count("timing_future_seconds"), 1, "it was never polled");

    let polled = tokio::select! {
        biased;
        () = seconds.time_async(pending()) => false,
        () = ready(()) => true,
    };
    assert!(polled);
    assert_eq!(count("timing_future_seconds"), 2);
}
