use std::cell::Cell;

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
}

/// Marks a thread that holds a lock of the recording core, or is about to take one. An allocator
/// that records its allocations re-enters the core meanwhile, and must not wait for the lock.
#[derive(Debug)]
pub(crate) struct ReentrancyGuard {
    outer: bool,
}

impl ReentrancyGuard {
    pub(crate) fn enter() -> Self {
        Self { outer: ACTIVE.replace(true) }
    }

    /// Whether this thread is marked.
    pub(crate) fn is_active() -> bool {
        ACTIVE.get()
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        ACTIVE.set(self.outer);
    }
}
