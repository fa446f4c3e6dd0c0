//! Threads of a runtime for futures that end.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics::{Counter, Histogram, JobMetrics, LabelSet, MetricSet, instrumented_job};
use tokio::runtime::Builder;

use super::{Order, at_the_end};
use crate::read;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Nth {
    #[label(max = 2_000)]
    nth: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "late_pool")]
struct Pool {
    /// Without labels.
    calls_total: Counter,
    /// A series each.
    each_total: Counter<Nth>,
    /// A series each.
    #[metric(unit = "s", buckets = [1])]
    each_seconds: Histogram<Nth>,
}

#[instrumented_job(name = "late_pool.async")]
async fn job() {}

fn record(_: Order) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (pool, nth) = (Pool::global(), Nth { nth: NEXT.fetch_add(1, Ordering::Relaxed) });
    pool.calls_total.inc();
    pool.each_total.with(nth).inc();
    pool.each_seconds.with(nth).record(0.5);
    JobMetrics::global().start("late_pool.by_hand").complete();
    drop(job());
}

const THREADS: usize = 8;

#[test]
fn worker_and_blocking_threads_record_when_they_end() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(THREADS)
        .build()
        .unwrap();
    // Each task has a thread of its own, because it waits for all others.
    let life = |barrier: Arc<Barrier>, order: Order| {
        move || {
            if order == Order::Last {
                record(order);
            }
            at_the_end(order, record);
            if order == Order::First {
                record(order);
            }
            barrier.wait();
        }
    };
    for is_blocking in [false, true] {
        let barrier = Arc::new(Barrier::new(THREADS));
        let spawn = |nth: usize| {
            let order = if nth.is_multiple_of(2) { Order::First } else { Order::Last };
            let life = life(Arc::clone(&barrier), order);
            if is_blocking {
                runtime.spawn_blocking(life)
            } else {
                runtime.spawn(async move {
                    job().await;
                    life();
                })
            }
        };
        let tasks: Vec<_> = (0..THREADS).map(spawn).collect();
        for task in tasks {
            runtime.block_on(task).unwrap();
        }
    }
    drop(runtime);
    let (reading, calls) = (read(), Some(4.0 * THREADS as f64));
    assert_eq!(reading.number("late_pool_calls_total", &[]), calls);
    let known = reading.label_values("late_pool_each_total", "nth");
    assert_eq!(known.len(), 4 * THREADS);
    for nth in &known {
        let nth = [("nth", &**nth)];
        assert_eq!(reading.number("late_pool_each_total", &nth), Some(1.0));
        assert_eq!(reading.histogram("late_pool_each_seconds", &nth).unwrap().count, 1);
    }
    let by_hand = [("job_name", "late_pool.by_hand")];
    assert_eq!(reading.number("osapi_jobs_started_total", &by_hand), calls);
    assert_eq!(reading.number("osapi_jobs_active", &by_hand), Some(0.0));
    let annotated = [("job_name", "late_pool.async")];
    assert_eq!(reading.number("osapi_jobs_started_total", &annotated), Some(THREADS as f64));
}
