use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::core::sync::lock;

/// Permits one thread at a time to flush, so that a flush that hangs is not joined by others.
#[derive(Debug, Default)]
pub(super) struct FlushLimit {
    busy: Mutex<bool>,
    freed: Condvar,
}

/// Held by the thread that flushes.
pub(super) struct FlushPermit(Arc<FlushLimit>);

impl FlushPermit {
    /// Waits until no other thread flushes; `None` if that takes longer than `timeout`.
    pub(super) fn wait(limit: &Arc<FlushLimit>, timeout: Duration) -> Option<Self> {
        let (mut busy, waited) = limit
            .freed
            .wait_timeout_while(lock(&limit.busy), timeout, |busy| *busy)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        *busy = true;
        Some(Self(Arc::clone(limit)))
    }
}

impl Drop for FlushPermit {
    fn drop(&mut self) {
        *lock(&self.0.busy) = false;
        self.0.freed.notify_one();
    }
}
