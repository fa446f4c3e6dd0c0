//! Series that end while many threads record.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter};
use osapi_metrics_tests::reading::Reading;

use crate::{RUNTIME, read};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Lane {
    #[label(max = 1000)]
    lane: u64,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Task {
    #[label(recent = 8)]
    task: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "raced")]
struct Raced {
    /// Some stay.
    jobs_total: Counter<Lane>,
    /// Some stay.
    busy_total: Counter<Lane, f64>,
    /// Some stay.
    stock: UpDownCounter<Lane>,
    /// Some stay.
    #[metric(unit = "s", buckets = [1, 4])]
    wait_seconds: Histogram<Lane>,
    /// Few stay.
    #[metric(unit = "s", buckets = [1, 4])]
    task_seconds: Histogram<Task>,
    /// The samples of each lane have a value of their own.
    #[metric(unit = "By", buckets = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]
    own_bytes: Histogram<Lane, u64>,
    /// Few stay.
    tasks_total: Counter<Task>,
    /// Set while they end.
    level: Gauge<Lane>,
}

/// The number of lanes whose series stay; the series of other lanes end and begin again.
const STAYING: u64 = 4;
const THREADS: u64 = 4;

#[test]
fn series_that_stay_are_exact_while_others_come_and_go() {
    let Raced { jobs_total, busy_total, stock, wait_seconds, .. } = Raced::global();
    let rounds = 2_000;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let recorders: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let kept = jobs_total.with(Lane { lane: thread });
                    for round in 0..rounds {
                        let lane = round % STAYING;
                        jobs_total.with(Lane { lane }).inc();
                        kept.inc();
                        busy_total.with(Lane { lane }).add(0.5);
                        wait_seconds.with(Lane { lane }).record(0.5);
                        let guard = stock.with(Lane { lane }).guard();
                        let coming = Lane { lane: STAYING + (round + thread) % 50 };
                        jobs_total.with(coming).inc();
                        busy_total.with(coming).add(0.5);
                        stock.with(coming).inc();
                        wait_seconds.with(coming).record(0.5);
                        drop(guard);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for lane in STAYING..STAYING + 50 {
                    jobs_total.remove(Lane { lane });
                    busy_total.remove(Lane { lane });
                    wait_seconds.remove(Lane { lane });
                }
                stock.retain(|labels| {
                    let lane: u64 = labels.get("lane").unwrap().to_string().parse().unwrap();
                    lane < STAYING
                });
            }
        });
        scope.spawn(|| {
            let mut last = [0.0; 4];
            while !over.load(Ordering::Relaxed) {
                let reading = read();
                for (lane, last) in last.iter_mut().enumerate() {
                    let labels = [("lane", &*lane.to_string())];
                    let Some(sum) = reading.number("raced_jobs_total", &labels) else { continue };
                    assert!(sum >= *last, "from {last} back to {sum}");
                    *last = sum;
                }
                // Also the series that end have only samples of their own.
                for lane in 0..STAYING + 50 {
                    let labels = [("lane", &*lane.to_string())];
                    let Some(wait) = reading.histogram("raced_wait_seconds", &labels) else {
                        continue;
                    };
                    assert_eq!(wait.buckets, [wait.count, 0, 0], "{lane}");
                    assert_eq!(Some(wait.sum), Some(wait.count as f64 * 0.5), "{lane}");
                }
            }
        });
        for recorder in recorders {
            recorder.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    let reading = read();
    for lane in 0..STAYING {
        let labels = [("lane", &*lane.to_string())];
        let jobs = (THREADS * rounds / STAYING + rounds) as f64;
        assert_eq!(reading.number("raced_jobs_total", &labels), Some(jobs), "{lane}");
        let busy = (THREADS * rounds / STAYING) as f64 * 0.5;
        assert_eq!(reading.number("raced_busy_total", &labels), Some(busy), "{lane}");
        assert_eq!(reading.number("raced_stock", &labels), Some(0.0), "{lane}");
        let wait = reading.histogram("raced_wait_seconds", &labels).unwrap();
        assert_eq!(wait.count, THREADS * rounds / STAYING, "{lane}");
        assert_eq!(Some(wait.sum), Some(busy), "{lane}");
    }
}

#[test]
fn no_more_values_than_are_kept_have_series_at_any_time() {
    let (counter, histogram) = (&Raced::global().tasks_total, &Raced::global().task_seconds);
    thread::scope(|scope| {
        let recorders: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    for round in 0..2_000 {
                        let task = Task { task: (round * THREADS + thread) % 100 };
                        counter.with(task).inc();
                        histogram.with(task).record(2.0);
                    }
                })
            })
            .collect();
        while !recorders.iter().all(thread::ScopedJoinHandle::is_finished) {
            let reading = read();
            for name in ["raced_tasks_total", "raced_task_seconds"] {
                let tasks = reading.label_values(name, "task");
                assert!(tasks.len() <= 8, "{name} {tasks:?}");
            }
        }
    });
    assert_eq!(read().label_values("raced_tasks_total", "task").len(), 8);
    assert_eq!(read().label_values("raced_task_seconds", "task").len(), 8);
}

/// Another series must not reuse the slot between the check whether a series has ended and the
/// write of its value.
#[test]
fn no_gauge_has_the_value_that_was_meant_for_another() {
    let gauge = &Raced::global().level;
    let lanes = || (0..500).map(|lane| Lane { lane });
    for round in 0..40 {
        let old: Vec<_> = lanes().map(|labels| gauge.with(labels)).collect();
        let (begin, over) = (Barrier::new(2), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                while !over.load(Ordering::Relaxed) {
                    for series in &old {
                        series.set(1.0);
                    }
                }
            });
            begin.wait();
            for labels in lanes() {
                gauge.remove(labels);
                gauge.with(labels);
            }
            over.store(true, Ordering::Relaxed);
        });
        let shown = read().label_values("raced_level", "lane");
        assert!(shown.is_empty(), "round {round}: never set, and shown: {shown:?}");
        gauge.retain(|_| false);
    }
}

/// A cell is reused by the next series of its slot while threads record through handles of all
/// earlier series.
#[test]
fn no_histogram_has_the_samples_of_another() {
    let histogram = &Raced::global().own_bytes;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let over = &over;
            scope.spawn(move || {
                let mut earlier = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    for lane in 0..10 {
                        let series = histogram.with(Lane { lane });
                        series.record(lane);
                        earlier.push((lane, series));
                    }
                    for (lane, series) in &earlier {
                        series.record(*lane);
                    }
                    earlier.drain(..earlier.len().saturating_sub(30));
                    if thread == 0 {
                        for lane in 0..10 {
                            histogram.remove(Lane { lane });
                        }
                    }
                }
            });
        }
        for _ in 0..200 {
            let reading = Reading::of_lines_with("raced_own", &RUNTIME);
            for lane in 0..10 {
                let labels = [("lane", &*lane.to_string())];
                let Some(samples) = reading.histogram("raced_own_bytes", &labels) else { continue };
                assert_eq!(samples.buckets[lane], samples.count, "{lane} {samples:?}");
                assert_eq!(Some(samples.sum), Some((lane as u64 * samples.count) as f64));
            }
        }
        over.store(true, Ordering::Relaxed);
    });
}
