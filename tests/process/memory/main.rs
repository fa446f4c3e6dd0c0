//! What recording costs in memory: nothing for a series that is known, and a bounded amount for each
//! thread and each series.
//!
//! The allocations of one thread are counted at a time. The tests take turns, because what the
//! recording core keeps for one is there for the next.

mod known;
mod series;
mod threads;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use allocation_counter::{AllocationInfo, measure};
use osapi_metrics::{Metrics, config::Environment};

/// Scrapes and recording share what is measured.
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

/// How much more memory is in use after `work`.
fn kept(work: impl FnOnce()) -> i64 {
    measure(work).bytes_current
}

fn allocations(work: impl FnOnce()) -> u64 {
    let AllocationInfo { count_total, .. } = measure(work);
    count_total
}
