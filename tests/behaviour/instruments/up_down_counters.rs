use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use osapi_metrics::{LabelSet, LabelValue, MetricSet, UpDownCounter};

use crate::read;

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Lane {
    Fast,
    #[expect(dead_code, reason = "its series are there nevertheless")]
    Slow,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "up_down")]
struct Sums {
    /// Whole numbers.
    whole: UpDownCounter,
    /// Fractions.
    fractions: UpDownCounter<(), f64>,
    /// Never touched.
    #[expect(dead_code, reason = "exported nevertheless")]
    untouched: UpDownCounter<Lane>,
    /// What guards hold.
    held: UpDownCounter<Lane>,
    /// What guards hold, in fractions.
    held_fractions: UpDownCounter<(), f64>,
    /// Held and given back by many threads.
    shared: UpDownCounter,
    /// What cannot be added.
    refused: UpDownCounter<(), f64>,
}

#[test]
fn a_sum_goes_up_and_down_and_below_zero() {
    let sums = Sums::global();
    sums.whole.inc();
    sums.whole.dec();
    sums.whole.dec();
    sums.whole.add(-40);
    sums.whole.add(5);
    sums.fractions.add(0.5);
    sums.fractions.dec();

    let reading = read();
    assert_eq!(reading.number("up_down_whole", &[]), Some(-36.0));
    assert_eq!(reading.number("up_down_fractions", &[]), Some(-0.5));
    for lane in ["fast", "slow"] {
        assert_eq!(reading.number("up_down_untouched", &[("lane", lane)]), Some(0.0));
    }
}

#[test]
fn a_guard_counts_until_it_is_dropped() {
    let held = || read().number("up_down_held", &[("lane", "fast")]);
    let fast = Sums::global().held.with(Lane::Fast);
    let first = fast.guard();
    let second = fast.guard();
    assert_eq!(held(), Some(2.0));
    drop(first);
    assert_eq!(held(), Some(1.0));
    // Moved to another thread, it still ends there.
    thread::spawn(move || drop(second)).join().unwrap();
    assert_eq!(held(), Some(0.0));

    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _guard = Sums::global().held_fractions.guard();
        panic!("while the guard is held");
    }));
    unwound.unwrap_err();
    assert_eq!(read().number("up_down_held_fractions", &[]), Some(0.0));
}

#[test]
fn many_threads_return_a_sum_to_where_it_was() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(|| {
                for _ in 0..5_000 {
                    let _guard = Sums::global().shared.guard();
                    Sums::global().shared.add(3);
                    Sums::global().shared.add(-3);
                }
                Sums::global().shared.inc();
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(read().number("up_down_shared", &[]), Some(8.0));
}

#[test]
fn infinite_steps_are_dropped_and_counted() {
    let sum = &Sums::global().refused;
    sum.add(-2.0);
    sum.add(f64::NAN);
    sum.add(f64::NEG_INFINITY);
    let reading = read();
    assert_eq!(reading.number("up_down_refused", &[]), Some(-2.0));
    let dropped = [("metric", "up_down_refused")];
    assert_eq!(reading.number("osapi_metrics_dropped_samples_total", &dropped), Some(2.0));
}
