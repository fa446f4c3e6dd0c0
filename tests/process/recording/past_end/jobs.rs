//! Jobs that start while a thread ends.

use std::sync::{
    LazyLock, Mutex,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics::{
    Counter, Histogram, JobGuard, JobMetricSet, JobMetrics, LabelSet, MetricSet, UpDownCounter,
    instrumented_job,
};

use super::{Life, Order, THREADS, end_new_threads, end_thread, end_threads};
use crate::read;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Run {
    #[label(max = 2_000)]
    run: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "late_run", job(labels = Run))]
struct Runs {
    /// Runs submitted.
    #[metric(on = created)]
    created_total: Counter<Run>,
    /// Runs started.
    #[metric(on = started)]
    started_total: Counter<Run>,
    /// Runs ended.
    #[metric(on = finished)]
    ended_total: Counter<Run>,
    /// Runs now active.
    #[metric(on = active)]
    active: UpDownCounter<Run>,
    /// Time of a run.
    #[metric(on = duration, unit = "s", buckets = [1])]
    duration_seconds: Histogram<Run>,
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[instrumented_job(metrics = Runs, labels = Run { run })]
fn run(run: u64) {}

#[test]
fn jobs_of_a_set_are_recorded_until_the_very_end() {
    fn jobs(_: Order) {
        let (annotated, by_hand) = (next(), Run { run: next() });
        run(annotated);
        Runs::global().created(&Run { run: annotated });
        Runs::global().created(&by_hand);
        Runs::global().start(by_hand).complete();
    }
    end_threads(jobs);
    end_new_threads(jobs);
    let reading = read();
    let runs = reading.label_values("late_run_started_total", "run");
    assert_eq!(runs.len(), 10 * THREADS as usize);
    for run in &runs {
        let run = [("run", &**run)];
        for name in ["late_run_created_total", "late_run_started_total", "late_run_ended_total"] {
            assert_eq!(reading.number(name, &run), Some(1.0), "{name} {run:?}");
        }
        assert_eq!(reading.number("late_run_active", &run), Some(0.0));
        let duration = reading.histogram("late_run_duration_seconds", &run).unwrap();
        assert_eq!((duration.count, duration.buckets), (1, vec![1, 0]));
    }
    // The other tests read all series too.
    let runs = Runs::global();
    for counter in [&runs.created_total, &runs.started_total, &runs.ended_total] {
        counter.retain(|_| false);
    }
    runs.active.retain(|_| false);
    runs.duration_seconds.retain(|_| false);
}

/// Each name is new in a thread that ends: there is room for few names.
#[test]
fn jobs_by_hand_are_recorded_until_the_very_end() {
    fn by_hand(name: &'static str) {
        let jobs = JobMetrics::global();
        jobs.created(name).inc();
        jobs.start(name).complete();
        jobs.start(name).fail("invalid_data");
        drop(jobs.start(name));
    }
    end_new_threads(|_| by_hand("past_end.new"));
    end_threads(|order| match order {
        Order::First => by_hand("past_end.first"),
        Order::Last => by_hand("past_end.last"),
    });
    let reading = read();
    for (name, calls) in [("new", 1), ("first", 2), ("last", 2)] {
        let name = [("job_name", &*format!("past_end.{name}"))];
        let count = calls * THREADS;
        let calls = f64::from(count);
        let number = |metric, labels: &[(&str, &str)]| reading.number(metric, labels);
        assert_eq!(number("osapi_jobs_created_total", &name), Some(calls), "{name:?}");
        assert_eq!(number("osapi_jobs_started_total", &name), Some(3.0 * calls), "{name:?}");
        assert_eq!(number("osapi_jobs_active", &name), Some(0.0), "{name:?}");
        for status in ["completed", "failed", "cancelled"] {
            let labels = [name[0], ("status", status)];
            assert_eq!(number("osapi_jobs_completed_total", &labels), Some(calls), "{labels:?}");
            let duration = reading.histogram("osapi_job_duration_seconds", &labels).unwrap();
            assert_eq!(duration.count, u64::from(count), "{labels:?}");
        }
        let error = [name[0], ("error_type", "invalid_data")];
        assert_eq!(number("osapi_job_errors_total", &error), Some(calls), "{name:?}");
    }
}

#[test]
fn the_age_of_a_job_that_outlives_its_thread_is_shown() {
    static GUARDS: LazyLock<Mutex<Vec<JobGuard>>> = LazyLock::new(Mutex::default);
    fn start(_: Order) {
        let job = JobMetrics::global().start("past_end.outlives");
        GUARDS.lock().unwrap().push(job);
    }
    let name = [("job_name", "past_end.outlives")];
    for life in [Life::Idle, Life::Busy] {
        end_thread(life, start);
        let guard = GUARDS.lock().unwrap().pop().unwrap();
        let number = |metric| read().number(metric, &name);
        assert_eq!(number("osapi_jobs_active"), Some(1.0), "{life:?}");
        assert!(number("osapi_job_oldest_active_seconds") > Some(0.0), "{life:?}");
        guard.complete();
        assert_eq!(number("osapi_jobs_active"), Some(0.0), "{life:?}");
        assert_eq!(number("osapi_job_oldest_active_seconds"), None, "{life:?}");
    }
}
