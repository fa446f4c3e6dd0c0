//! What a thread costs, and that the next one has it when it has ended.

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

/// What the first use of each costs the thread that calls this: of counters, of histograms, of jobs.
fn first_uses() -> [i64; 3] {
    let threads = Threads::global();
    [kept(|| threads.jobs_total.inc()), kept(|| threads.wait_seconds.record(1.0)), kept(job)]
}

#[test]
fn a_thread_costs_one_block_of_cells_a_ring_and_a_page() {
    let _turn = take_turn();
    first_uses();
    let barrier = Barrier::new(16);
    let (costs, all_costs) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..16 {
            let costs = costs.clone();
            scope.spawn(|| {
                let cost = first_uses();
                // None ends before all have begun, so that none has what another had.
                barrier.wait();
                costs.send(cost).unwrap();
                drop(costs);
            });
        }
        drop(costs);
    });
    // Some may have what a thread of an earlier test had.
    let all: Vec<_> = all_costs.iter().collect();
    let [counter, histogram, job] = [0, 1, 2].map(|of| all.iter().map(|cost| cost[of]).max());
    let [counter, histogram, job] = [counter, histogram, job].map(Option::unwrap);
    println!("a thread's first counter: {counter} B, histogram: {histogram} B, job: {job} B");
    // Beside what is named, each registers what is done at the end of the thread.
    assert!((4 * KIB..5 * KIB).contains(&counter), "a block of 256 cells, {counter} B");
    assert!((4 * KIB..5 * KIB).contains(&histogram), "a ring of 256 samples, {histogram} B");
    // The job's own series may be among other cells than the counter's.
    assert!((KIB..6 * KIB).contains(&job), "a page of 64 jobs, {job} B");
}

#[test]
fn threads_one_after_the_other_cost_as_much_as_one() {
    let _turn = take_turn();
    let life = || thread::spawn(|| first_uses().iter().sum::<i64>()).join().unwrap();
    life();
    let more: i64 = (0..1_000).map(|_| life()).sum();
    println!("a thousand threads: {more} B");
    // Each registers what is done at its end, and gives it back after this was measured.
    assert!(more / 1_000 < KIB, "{more} B");
}
