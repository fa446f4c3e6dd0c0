use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// Whether a thread flushes. There is one at a time: one that hangs is not joined by more.
#[derive(Debug, Default)]
pub(super) struct Flushing {
    busy: Mutex<bool>,
    freed: Condvar,
}

/// Held by the thread that flushes.
pub(super) struct Turn(Arc<Flushing>);

impl Turn {
    /// Waits until no other thread flushes; `None` if that takes longer than `limit`.
    pub(super) fn wait(flushing: &Arc<Flushing>, limit: Duration) -> Option<Self> {
        let busy = flushing.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut busy, waited) = flushing
            .freed
            .wait_timeout_while(busy, limit, |busy| *busy)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        *busy = true;
        Some(Self(Arc::clone(flushing)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}
