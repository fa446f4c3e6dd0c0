use std::thread::LocalKey;

/// Runs a function when its thread ends. It lives in a `thread_local!` of the module that needs it.
#[derive(Debug)]
pub(crate) struct ThreadExit(fn());

impl ThreadExit {
    pub(crate) const fn new(at_exit: fn()) -> Self {
        Self(at_exit)
    }

    /// Makes sure that the function runs when this thread ends. `false` if the thread is past the
    /// point where it would have run.
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
