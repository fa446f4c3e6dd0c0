use std::{cell::Cell, thread::LocalKey};

thread_local! {
    static IS_COLLECTING: Cell<bool> = const { Cell::new(false) };
    static IS_PULLING: Cell<bool> = const { Cell::new(false) };
}

/// A collection runs callbacks on this thread. A second collection would wait forever for a lock
/// that this thread holds.
pub(crate) const COLLECTING: ThreadFlag = ThreadFlag(&IS_COLLECTING);

/// The SDK collects the instruments of other libraries on this thread.
pub(super) const PULLING: ThreadFlag = ThreadFlag(&IS_PULLING);

/// A flag of the current thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThreadFlag(&'static LocalKey<Cell<bool>>);

/// Keeps a flag set until it is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct ThreadFlagGuard {
    flag: ThreadFlag,
    outer: bool,
}

impl ThreadFlag {
    /// Sets the flag for as long as the guard lives.
    pub(crate) fn set(self) -> ThreadFlagGuard {
        ThreadFlagGuard { flag: self, outer: self.0.replace(true) }
    }

    pub(crate) fn is_set(self) -> bool {
        self.0.get()
    }
}

impl Drop for ThreadFlagGuard {
    fn drop(&mut self) {
        self.flag.0.set(self.outer);
    }
}
