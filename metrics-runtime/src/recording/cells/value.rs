use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    Place,
    own::{self, Busy},
};

/// Turns at the values of series that can end, by slot. Between the look at the tenant and the
/// writing of the value the series must not end: the next one would have the value.
static TURNS: [Mutex<()>; 16] = [const { Mutex::new(()) }; 16];

/// Sets the value of a series that can end, unless it has.
pub(crate) fn set_value(place: Place, bits: u64) {
    let _turn = turn(place);
    if place.is_let() {
        place.shared().set(bits);
    }
}

/// Takes the value of a series that can end.
pub(crate) fn clear_value(place: Place) {
    let _turn = turn(place);
    if place.is_let() {
        place.shared().clear();
    }
}

/// Ends a series of values. Its place goes to another one.
pub(crate) fn release_value(place: Place) {
    let _turn = turn(place);
    own::release(place);
}

/// Within a lock of the recording core nobody waits for a turn: only an allocator that records comes
/// here then.
fn turn(place: Place) -> Option<MutexGuard<'static, ()>> {
    let turn = &TURNS[place.slot() % TURNS.len()];
    (!Busy::is_here()).then(|| turn.lock().unwrap_or_else(PoisonError::into_inner))
}
