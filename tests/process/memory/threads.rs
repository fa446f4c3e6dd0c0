//! Memory of a thread, which the next thread reuses.

use std::{
    sync::{Barrier, mpsc},
    thread,
};

use osapi_metrics::{Counter, Histogram, LabelSet, MetricSet, instrumented_job};

use crate::{kept, take_turn};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Nth {
    #[label(max = 320)]
    nth: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "threads")]
struct Threads {
    /// Counted.
    jobs_total: Counter,
    /// Samples.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram,
    /// Counted by many threads.
    many_total: Counter<Nth>,
    /// Samples of many threads.
    #[metric(unit = "s", buckets = [1])]
    many_seconds: Histogram<Nth>,
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

/// There are more threads than shards. Each thread that has a shard costs the chunks of the series.
#[test]
fn hundreds_of_threads_at_once_cost_as_much_as_there_are_shards() {
    const THREADS: usize = 512;
    const SERIES: u64 = 320;
    let _turn = take_turn();
    let threads = Threads::global();
    let record = || {
        for nth in 0..SERIES {
            threads.many_total.with(Nth { nth }).inc();
            threads.many_seconds.with(Nth { nth }).record(0.5);
        }
    };
    // Begins the series, and makes the place for samples of threads without a shard.
    record();
    let barrier = Barrier::new(THREADS);
    let (costs, all_costs) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (barrier, costs) = (&barrier, costs.clone());
            let life = move || {
                let cost = kept(record);
                barrier.wait();
                costs.send(cost).unwrap();
                drop(costs);
            };
            thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, life).unwrap();
        }
        drop(costs);
    });
    let all: i64 = all_costs.iter().sum();
    println!("{THREADS} threads: {all} B");
    let shards = 4 * thread::available_parallelism().map_or(1, usize::from);
    // Two or three chunks of counters and up to twelve of histograms, of 4 KiB each; the other
    // threads register a destructor, and the first samples without a shard make a distribution for
    // each series.
    let most = 64 * KIB * i64::try_from(shards).unwrap() + 2 * KIB * 512;
    assert!(all < most, "{all} B, more than {most} B");
}
