//! Captures are isolated from each other and from exported metrics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Barrier,
    thread,
};

use osapi_metrics::{
    Counter, MetricSet,
    testing::{Captured, capture, capture_thread},
};
use osapi_metrics_tests::reading::{Reading, install};

use super::{Paint, RED, shop};
use crate::read;

/// Metrics that no other test records, to compare exported values.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "isolated")]
struct Steps {
    /// Steps that were taken.
    steps_taken_total: Counter,
}

const STEPS: &str = "isolated_steps_taken_total";

fn step() {
    Steps::global().steps_taken_total.inc();
}

#[test]
fn nothing_that_is_captured_is_exported() {
    let before = read().number(STEPS, &[]);
    let captured = capture(step);
    assert_eq!(captured.counter(STEPS, &[]), 1);
    assert_eq!(read().number(STEPS, &[]), before);
}

/// Other tests of this file call `step` meanwhile, but only in captures.
#[test]
fn what_nobody_captures_is_exported() {
    assert_eq!(read().number(STEPS, &[]), Some(0.0));
}

#[test]
fn a_runtime_that_is_installed_meanwhile_shows_what_is_exported() {
    let captured = capture_thread();
    step();
    let metrics = install();
    assert_eq!(Reading::of(&metrics).number(STEPS, &[]), Some(0.0));
    // Installing declares the handlers that are linked in, outside of the capture.
    assert_eq!(captured.to_string(), format!("{STEPS} 1\n"));
}

#[test]
fn many_threads_capture_the_same_metrics_at_once() {
    const THREADS: u64 = 8;
    let barrier = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for thread in 1..=THREADS {
            let barrier = &barrier;
            scope.spawn(move || {
                for round in 1..=20 {
                    barrier.wait();
                    let captured = capture(|| {
                        let paint = Paint::global();
                        for nth in 0..thread * 100 {
                            paint.tins_opened_total.with(RED).inc();
                            paint.drying_seconds.with(RED).record(nth as f64);
                            paint.tins_sold_total.with(shop("north", None)).add(round);
                            paint.shelf_fill_ratio.with(shop("north", None)).set(thread as f64);
                        }
                    });
                    assert_eq!(captured.counter("captured_tins_opened_total", &[]), thread * 100);
                    let sold = captured.counter("captured_tins_sold_total", &[]);
                    assert_eq!(sold, thread * 100 * round);
                    let drying = captured.histogram("captured_drying_seconds", &[]);
                    assert_eq!(drying.count, thread * 100);
                    let fill = captured.gauge("captured_shelf_fill_ratio", &[]).unwrap();
                    assert_eq!(fill, thread as f64);
                }
            });
        }
    });
}

#[test]
fn one_capture_takes_what_many_threads_record() {
    let captured = Captured::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            let captured = captured.clone();
            scope.spawn(move || captured.run(|| (0..1000).for_each(|_| step())));
        }
        // A thread that does not enter the capture is not captured.
        scope.spawn(|| assert!(!format!("{:?}", capture(|| {})).contains(STEPS)));
    });
    assert_eq!(captured.counter(STEPS, &[]), 8000);
}

#[test]
fn of_captures_inside_each_other_the_innermost_takes_all() {
    let outer = Captured::new();
    outer.run(|| {
        step();
        let inner = capture(|| {
            step();
            step();
            // A thread may enter the capture again.
            outer.run(step);
        });
        assert_eq!(inner.counter(STEPS, &[]), 2);
        step();
    });
    assert_eq!(outer.counter(STEPS, &[]), 3);
}

#[test]
fn captures_of_a_thread_may_end_in_any_order() {
    let outside = capture_thread();
    let (first, second) = (capture_thread(), capture_thread());
    step();
    let after = first.clone();
    drop(first);
    step();
    assert_eq!((after.counter(STEPS, &[]), second.counter(STEPS, &[])), (0.into(), 2.into()));
    drop(second);
    step();
    assert_eq!(outside.counter(STEPS, &[]), 1);
}

#[test]
fn a_panic_ends_the_capture_of_its_thread() {
    let outside = capture_thread();
    let captured = Captured::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        captured.run(|| {
            step();
            panic!("as asked");
        });
    }));
    assert!(panicked.is_err());
    step();
    assert_eq!(captured.counter(STEPS, &[]), 1);
    assert_eq!(outside.counter(STEPS, &[]), 1);
}

#[test]
fn a_capture_ends_with_its_value() {
    let outside = capture_thread();
    let ended = {
        let inside = capture_thread();
        step();
        inside.clone()
    };
    step();
    assert_eq!((ended.counter(STEPS, &[]), outside.counter(STEPS, &[])), (1.into(), 1.into()));
}

#[test]
fn what_was_taken_outside_records_outside() {
    let outside = capture_thread();
    let taken = Steps::global();
    let captured = capture(|| taken.steps_taken_total.inc());
    assert_eq!(captured.counter(STEPS, &[]), 0);
    assert_eq!(outside.counter(STEPS, &[]), 1);
}
