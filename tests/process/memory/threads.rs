//! Memory of a thread, which the next thread reuses.

use std::{
    sync::{Barrier, mpsc},
    thread,
};

use osapi_metrics::{Counter, Histogram, MetricSet, instrumented_job};

use crate::{kept, take_turn};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "threads")]
struct Threads {
    /// Counted.
    jobs_total: Counter,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram,
}

#[instrumented_job(name = "memory.threads")]
fn job() {}

const KIB: i64 = 1024;

/// The bytes that this thread allocates for its first counter, its first histogram and its first
/// job.
fn first_uses() -> [i64; 3] {
    let threads = Threads::global();
    [kept(|| threads.jobs_total.inc()), kept(|| threads.wait_seconds.record(1.0)), kept(job)]
}

#[test]
fn a_thread_costs_a_chunk_of_each_kind_of_cells_and_a_page() {
    let _turn = take_turn();
    first_uses();
    let barrier = Barrier::new(16);
    let (costs, all_costs) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..16 {
            let costs = costs.clone();
            scope.spawn(|| {
                let cost = first_uses();
                // No thread ends before all threads have begun, so that no thread reuses the memory
                // of another.
                barrier.wait();
                costs.send(cost).unwrap();
                drop(costs);
            });
        }
        drop(costs);
    });
    // Some threads reuse the memory of a thread of an earlier test, or have no shard.
    let all: Vec<_> = all_costs.iter().collect();
    let [counter, histogram, job] = [0, 1, 2].map(|of| all.iter().map(|cost| cost[of]).max());
    let [counter, histogram, job] = [counter, histogram, job].map(Option::unwrap);
    println!("a thread's first counter: {counter} B, histogram: {histogram} B, job: {job} B");
    // In addition, the shard has a directory of its chunks, and each thread registers a destructor.
    assert!((4 * KIB..6 * KIB).contains(&counter), "a chunk of 256 cells, {counter} B");
    assert!((4 * KIB..5 * KIB).contains(&histogram), "a chunk of 32 small cells, {histogram} B");
    // The series of the job may be in another chunk than the counter, and 13 boundaries make larger
    // cells.
    assert!((KIB..13 * KIB).contains(&job), "a page of 64 jobs, {job} B");
}

#[test]
fn threads_one_after_the_other_cost_as_much_as_one() {
    let _turn = take_turn();
    let life = || thread::spawn(|| first_uses().iter().sum::<i64>()).join().unwrap();
    life();
    let more: i64 = (0..1_000).map(|_| life()).sum();
    println!("a thousand threads: {more} B");
    // Each thread registers a destructor, and frees the registration after the measurement.
    assert!(more / 1_000 < KIB, "{more} B");
}
