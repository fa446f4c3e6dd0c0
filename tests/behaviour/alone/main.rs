//! What concerns a process as a whole: the switch that stops all recording, OpenTelemetry's global
//! provider, the names that jobs may have. The tests take turns, and none leaves a runtime running.

#[path = "../reading.rs"]
mod reading;

mod build_info;
mod by_hand;
mod captured;
mod disabled;
mod global_meters;
mod job_names;
mod own_metrics;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits until no other test runs.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // An earlier test may have left the recording off.
    drop(reading::install());
    turn
}
