use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::exemplar::Exemplar;
use crate::core::{
    storage::cells::SlotRef,
    sync::{ReentrancyGuard, lock_unless_lost},
};

/// The exemplars of counters, whose slots have no memory for them.
static KEPT: Mutex<Option<HashMap<u64, Exemplar>>> = Mutex::new(None);

/// Whether anything was ever kept.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// Keeps an exemplar of a series in place of an earlier one.
pub(in crate::core::storage) fn keep(slot: SlotRef, exemplar: Exemplar) {
    let _guard = ReentrancyGuard::enter();
    // Another thread that holds the lock keeps an exemplar, or reads: the next one is as good.
    if let Ok(mut kept) = KEPT.try_lock() {
        IS_USED.store(true, Ordering::Relaxed);
        kept.get_or_insert_default().insert(slot.key(), exemplar);
    }
}

/// The exemplar of a series, if it has one.
pub(in crate::core::storage) fn kept(slot: SlotRef) -> Option<Exemplar> {
    if !IS_USED.load(Ordering::Relaxed) {
        return None;
    }
    let _guard = ReentrancyGuard::enter();
    lock_unless_lost(&KEPT)?.as_ref()?.get(&slot.key()).cloned()
}

/// Forgets the exemplar of a series that has ended.
pub(in crate::core::storage) fn forget(slot: SlotRef) {
    if !IS_USED.load(Ordering::Relaxed) {
        return;
    }
    let _guard = ReentrancyGuard::enter();
    if let Some(Some(kept)) = lock_unless_lost(&KEPT).as_deref_mut() {
        kept.remove(&slot.key());
    }
}
