//! State of the process as a whole, which no other test may touch meanwhile: the switch that stops
//! all recording, OpenTelemetry's global provider, the limit of job names.
//!
//! The tests take turns, and no test leaves a runtime running.

mod build_info;
mod by_hand;
mod captured;
mod disabled;
mod exceeded;
mod global_meters;
mod handlers;
mod job_names;
mod own_metrics;
mod roles;
mod together;

use std::sync::{Mutex, MutexGuard, PoisonError};

use osapi_metrics_tests::reading::install;

/// Waits until no other test runs.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // An earlier test may have left recording off.
    drop(install());
    turn
}
