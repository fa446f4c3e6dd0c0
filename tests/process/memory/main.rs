//! Memory of recording and of scrapes: a series that is known allocates nothing, a thread or a
//! series allocates a bounded amount.
//!
//! A process of its own, because the recording core keeps the memory of threads that have ended,
//! and passes it to the next thread. The tests take turns for the same reason, and because no other
//! test may begin a series during a measurement.

mod known;
mod scopes;
mod scrapes;
mod series;
mod threads;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use allocation_counter::{AllocationInfo, measure};
use osapi_metrics::{Metrics, config::Environment};

/// The runtime that the tests scrape.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(|| {
    Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap()
});

/// Waits until no other test runs.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    LazyLock::force(&RUNTIME);
    turn
}

/// The number of bytes that `work` allocates and does not free.
fn kept(work: impl FnOnce()) -> i64 {
    measure(work).bytes_current
}

/// The number of allocations of `work`.
fn allocations(work: impl FnOnce()) -> u64 {
    let AllocationInfo { count_total, .. } = measure(work);
    count_total
}
