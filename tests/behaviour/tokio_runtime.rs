//! The runtimes of tokio, observed from outside.

use std::{
    hint::black_box,
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};

use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::tokio_runtime::{self, TokioRuntimeRoles},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
};

use crate::read_lines_with;

/// The longest time that a test waits for a runtime.
const PATIENCE: Duration = Duration::from_secs(60);

fn with_workers(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap()
}

fn number(metric: &str, runtime: &str) -> Option<f64> {
    let name = format!("osapi_tokio_{metric}");
    read_lines_with(&format!("\"{runtime}\"")).number(&name, &[("runtime", runtime)])
}

/// Waits until a metric satisfies a condition.
fn becomes(metric: &str, runtime: &str, so: impl Fn(f64) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = number(metric, runtime);
        if now.is_some_and(&so) {
            return;
        }
        assert!(Instant::now() < deadline, "{metric} stays {now:?}");
        std::thread::yield_now();
    }
}

#[test]
fn workers_and_tasks_are_those_of_the_runtime() {
    let runtime = with_workers(3);
    let observations = tokio_runtime::observe_named(runtime.handle(), "tasks");
    assert_eq!(
        (number("workers", "tasks"), number("alive_tasks", "tasks")),
        (Some(3.0), Some(0.0))
    );
    let ends: Vec<_> = (0..7)
        .map(|_| {
            let (end, ended) = oneshot::channel::<()>();
            (end, runtime.spawn(ended))
        })
        .collect();
    assert_eq!(number("alive_tasks", "tasks"), Some(7.0));
    for (end, task) in ends {
        drop(end);
        assert!(runtime.block_on(task).unwrap().is_err());
    }
    becomes("alive_tasks", "tasks", |tasks| tasks == 0.0);

    drop(observations);
    for metric in ["workers", "alive_tasks", "busy_seconds_total", "parks_total"] {
        assert_eq!(number(metric, "tasks"), None);
    }
}

#[test]
fn tasks_wait_in_the_queue_of_a_runtime_that_does_not_run() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let _observations = tokio_runtime::observe_named(runtime.handle(), "queued");
    for _ in 0..5 {
        runtime.spawn(async {});
    }
    assert_eq!(number("global_queue_depth", "queued"), Some(5.0));
    assert_eq!(number("busy_seconds_total", "queued"), Some(0.0));
    runtime.block_on(async {
        while number("alive_tasks", "queued") != Some(0.0) {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(number("global_queue_depth", "queued"), Some(0.0));
}

#[test]
fn the_busy_time_of_all_workers_is_added_up() {
    const BUSY: Duration = Duration::from_millis(60);
    let runtime = with_workers(2);
    let _observations = tokio_runtime::observe_named(runtime.handle(), "busy");
    // Both workers are busy at the same time.
    let barrier = Arc::new(Barrier::new(2));
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            runtime.spawn(async move {
                barrier.wait();
                let begun = Instant::now();
                while begun.elapsed() < BUSY {
                    black_box((0..1000_u64).fold(0, |sum, n| sum ^ black_box(n)));
                }
            })
        })
        .collect();
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
    // A worker reports its time when it parks.
    becomes("busy_seconds_total", "busy", |busy| busy >= 2.0 * BUSY.as_secs_f64());
    becomes("parks_total", "busy", |parks| parks >= 2.0);
}

#[test]
fn the_values_are_those_that_tokio_reports() {
    let runtime = with_workers(2);
    let _observations = tokio_runtime::observe_named(runtime.handle(), "compared");
    runtime.block_on(runtime.spawn(tokio::task::yield_now())).unwrap();
    let reported = || {
        let metrics = runtime.metrics();
        let parks: u64 = (0..2).map(|worker| metrics.worker_park_count(worker)).sum();
        let busy: Duration = (0..2).map(|worker| metrics.worker_total_busy_duration(worker)).sum();
        (parks as f64, busy.as_secs_f64())
    };
    let before = reported();
    let parks = number("parks_total", "compared").unwrap();
    let busy = number("busy_seconds_total", "compared").unwrap();
    let after = reported();
    assert!(before.0 <= parks && parks <= after.0, "{before:?} {parks} {after:?}");
    assert!(before.1 <= busy && busy <= after.1, "{before:?} {busy} {after:?}");
}

#[test]
fn a_runtime_has_its_own_name_or_none() {
    let named = Builder::new_current_thread().name("own name").build().unwrap();
    let unnamed = Builder::new_current_thread().build().unwrap();
    let observations = [
        tokio_runtime::observe(named.handle()),
        tokio_runtime::observe(unnamed.handle()),
        tokio_runtime::observe_named(unnamed.handle(), ""),
    ];
    assert_eq!(number("workers", "own name"), Some(1.0));
    // Two observations without a name are added up.
    let reading = read_lines_with("osapi_tokio_workers");
    assert_eq!(reading.number("osapi_tokio_workers", &[]), Some(2.0));
    drop(observations);
}

#[test]
fn an_observation_does_not_keep_tasks_alive() {
    let runtime = with_workers(1);
    let _observations = tokio_runtime::observe_named(runtime.handle(), "gone");
    let (held, dropped) = oneshot::channel::<()>();
    runtime.spawn(async move {
        let _held = held;
        std::future::pending::<()>().await;
    });
    assert_eq!(number("alive_tasks", "gone"), Some(1.0));
    drop(runtime);
    // The task is dropped with the runtime, and what the task held with the task.
    assert!(dropped.blocking_recv().is_err());
    assert_eq!(number("alive_tasks", "gone"), Some(0.0));
}

#[cfg(not(tokio_unstable))]
#[test]
fn what_tokio_does_not_report_is_absent() {
    let runtime = with_workers(1);
    let _observations = tokio_runtime::observe_named(runtime.handle(), "stable");
    assert_eq!(number("workers", "stable"), Some(1.0));
    assert_eq!(number("blocking_threads", "stable"), None);
    assert_eq!(number("spawned_tasks_total", "stable"), None);
}

#[derive(Clone, LabelSet)]
struct Pool {
    #[label(max = 10)]
    pool: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop_pool", roles(of = TokioRuntimeRoles, labels = Pool), allow(non_base_units))]
struct ShopPools {
    /// Threads of the pool.
    #[metric(on = workers)]
    size: ObservableGauge<Pool, u64>,
    /// Time that the threads of the pool were busy.
    #[metric(unit = "ms", on = busy_time)]
    busy_milliseconds_total: ObservableCounter<Pool, f64>,
}

#[test]
fn a_service_has_names_of_its_own() {
    let runtime = with_workers(4);
    let observations =
        tokio_runtime::observe_in::<ShopPools>(runtime.handle(), &Pool { pool: "mail" });
    let pool = [("pool", "mail")];
    let reading = read_lines_with("\"mail\"");
    assert_eq!(reading.number("shop_pool_size", &pool), Some(4.0));
    assert!(reading.number("shop_pool_busy_milliseconds_total", &pool).is_some());
    drop(observations);
    assert_eq!(read_lines_with("\"mail\"").number("shop_pool_size", &pool), None);
}
