use std::thread::LocalKey;

/// Runs a function when its thread ends. A module that needs it has it in a `thread_local!`.
#[derive(Debug)]
pub(crate) struct ThreadExit(fn());

impl ThreadExit {
    pub(crate) const fn new(at_exit: fn()) -> Self {
        Self(at_exit)
    }

    /// Makes sure that the function runs when this thread ends. Returns `false` if the thread is
    /// past the point at which the function runs.
    #[inline]
    pub(crate) fn arm(this: &'static LocalKey<Self>) -> bool {
        this.try_with(|_| ()).is_ok()
    }
}

impl Drop for ThreadExit {
    fn drop(&mut self) {
        (self.0)();
    }
}
