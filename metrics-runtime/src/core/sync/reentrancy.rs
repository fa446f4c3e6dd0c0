use std::cell::Cell;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Marks the thread as one that holds a lock of the recording core, or is about to take one. An
/// allocator that records what it allocates comes back here meanwhile and must not wait for the
/// lock.
#[derive(Debug)]
pub(crate) struct ReentrancyGuard {
    outer: bool,
}

impl ReentrancyGuard {
    pub(crate) fn enter() -> Self {
        Self { outer: BUSY.replace(true) }
    }

    /// Whether this thread is marked.
    pub(crate) fn is_active() -> bool {
        BUSY.get()
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        BUSY.set(self.outer);
    }
}
