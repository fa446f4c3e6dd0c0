//! Recording while a thread ends: in destructors of thread-locals that run before or after the
//! destructors of the recording core.

mod jobs;
mod pools;
mod series;

use std::{cell::Cell, thread};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter, instrumented_job,
};

use crate::read;

#[derive(Clone, Copy, Debug, PartialEq, LabelValue, LabelSet)]
pub(crate) enum Order {
    First,
    Last,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Name {
    #[label(max = 10)]
    name: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "past_end")]
struct PastEnd {
    /// Counted.
    whole_total: Counter<Order>,
    /// Counted in fractions.
    fractions_total: Counter<Order, f64>,
    /// Up and down.
    inside: UpDownCounter<Order>,
    /// Set.
    level: Gauge<Order>,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Order>,
    /// Found by name.
    named_total: Counter<Name>,
    /// Samples of series that are found by name.
    #[metric(unit = "s", buckets = [1])]
    named_seconds: Histogram<Name>,
}

/// Records when it is dropped.
struct Last {
    of: Cell<Option<Recording>>,
}

/// A label and a function that records with it.
type Recording = (Order, fn(Order));

impl Drop for Last {
    fn drop(&mut self) {
        if let Some((order, record)) = self.of.take() {
            record(order);
        }
    }
}

thread_local! {
    static LAST: Last = const { Last { of: Cell::new(None) } };
}

const THREADS: u32 = 20;

/// Calls `record` when this thread ends.
fn at_the_end(order: Order, record: fn(Order)) {
    LAST.with(|last| last.of.set(Some((order, record))));
}

/// What a thread does before its end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Life {
    /// It records nothing.
    Idle,
    /// It uses every part of the recording core, with other series.
    Busy,
}

/// Runs a thread that calls `record` when it ends, past the end of the recording core if it has
/// used the core.
fn end_thread(life: Life, record: fn(Order)) {
    let thread = thread::spawn(move || {
        at_the_end(Order::First, record);
        if life == Life::Busy {
            let (metrics, name) = (PastEnd::global(), Name { name: "busy" });
            metrics.named_total.with(name).inc();
            metrics.named_seconds.with(name).record(0.5);
            metrics.wait_seconds.with(Order::First).start_timer().discard();
            busy();
        }
    });
    thread.join().unwrap();
}

/// Runs threads that call `record` only when they end.
pub(crate) fn end_new_threads(record: fn(Order)) {
    for _ in 0..THREADS / 2 {
        end_thread(Life::Idle, record);
        end_thread(Life::Busy, record);
    }
}

/// Runs threads that record, and record again when they end. The destructors of thread-locals run
/// in the order of their first use, or in the reverse order.
fn end_threads(record: fn(Order)) {
    for order in [Order::First, Order::Last] {
        for _ in 0..THREADS {
            let life = move || {
                let prepare = || at_the_end(order, record);
                match order {
                    Order::First => {
                        prepare();
                        record(order);
                    }
                    Order::Last => {
                        record(order);
                        prepare();
                    }
                }
            };
            thread::spawn(life).join().unwrap();
        }
    }
}

#[instrumented_job(name = "past_end")]
fn job() {}

#[instrumented_job(name = "past_end.busy")]
fn busy() {}

#[test]
fn known_series_are_recorded_until_the_very_end() {
    end_threads(|order| {
        let metrics = PastEnd::global();
        metrics.whole_total.with(order).inc();
        metrics.fractions_total.with(order).add(0.5);
        let _inside = metrics.inside.with(order).guard();
        metrics.level.with(order).set(1.0);
        metrics.wait_seconds.with(order).record(2.0);
        job();
    });
    let reading = read();
    for order in Order::VALUES {
        let labels = [("order", *order)];
        let twice = 2.0 * f64::from(THREADS);
        assert_eq!(reading.number("past_end_whole_total", &labels), Some(twice));
        assert_eq!(reading.number("past_end_fractions_total", &labels), Some(twice / 2.0));
        assert_eq!(reading.number("past_end_inside", &labels), Some(0.0));
        assert_eq!(reading.number("past_end_level", &labels), Some(1.0));
        let wait = reading.histogram("past_end_wait_seconds", &labels).unwrap();
        assert_eq!(
            (wait.count, wait.buckets),
            (2 * u64::from(THREADS), vec![0, 2 * u64::from(THREADS)])
        );
    }
    let name = [("job_name", "past_end")];
    let jobs = Some(4.0 * f64::from(THREADS));
    assert_eq!(reading.number("osapi_jobs_started_total", &name), jobs);
    let completed = [name[0], ("status", "completed")];
    assert_eq!(reading.number("osapi_jobs_completed_total", &completed), jobs);
    assert_eq!(reading.number("osapi_jobs_active", &name), Some(0.0));
    assert_eq!(reading.number("osapi_job_oldest_active_seconds", &name), None);
}

#[test]
fn series_are_found_and_begun_until_the_very_end() {
    end_threads(|order| {
        let metrics = PastEnd::global();
        let name = Name { name: order.as_str() };
        metrics.named_total.with(name).inc();
        metrics.named_seconds.with(name).record(2.0);
    });
    end_new_threads(|_| PastEnd::global().named_total.with(Name { name: "end" }).inc());
    let reading = read();
    for (name, count) in [("first", 2 * THREADS), ("last", 2 * THREADS), ("end", THREADS)] {
        let counted = reading.number("past_end_named_total", &[("name", name)]);
        assert_eq!(counted, Some(f64::from(count)), "{name}");
    }
    for name in ["first", "last"] {
        let samples = reading.histogram("past_end_named_seconds", &[("name", name)]).unwrap();
        assert_eq!(samples.count, u64::from(2 * THREADS), "{name}");
    }
}
