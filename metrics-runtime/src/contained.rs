use std::panic::{AssertUnwindSafe, catch_unwind};

/// What code of the user returned, unless it panicked.
pub(crate) fn contained<R>(code: impl FnOnce() -> R) -> Option<R> {
    let mut returned = None;
    let mut code = Some(code);
    contain(&mut || returned = code.take().map(|code| code()));
    returned
}

/// Runs the code, which is compiled without the rest.
fn contain(code: &mut dyn FnMut()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(code)) else { return };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        // Whoever panics with values that panic when they are dropped gets no third chance.
        std::mem::forget(payload);
    }
}
