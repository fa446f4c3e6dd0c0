//! A run on several threads.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

/// The time from the first thread's start to the last thread's end. Each thread runs `each`
/// operations, after a `warm_up` that is not timed.
pub(super) fn wall_time(
    run: &(dyn Fn(usize) + Sync),
    threads: usize,
    warm_up: usize,
    each: usize,
) -> Duration {
    let barrier = Barrier::new(threads);
    let work = || {
        // A thread's first operation creates the state of the thread.
        run(warm_up);
        barrier.wait();
        let begin = Instant::now();
        run(each);
        (begin, Instant::now())
    };
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let begin = times.iter().map(|(begin, _)| *begin).min();
    let end = times.iter().map(|(_, end)| *end).max();
    end.zip(begin).map_or(Duration::ZERO, |(end, begin)| end - begin)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::wall_time;
    use crate::machine;

    #[test]
    fn all_threads_warm_up_and_run() {
        let operations = AtomicU64::new(0);
        let run = |each| {
            operations.fetch_add(machine::as_u64(each), Ordering::Relaxed);
        };
        wall_time(&run, 3, 5, 100);
        assert_eq!(operations.into_inner(), 3 * 105);
    }
}
