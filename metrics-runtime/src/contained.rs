use std::panic::{AssertUnwindSafe, catch_unwind};

/// What code of the user returned, unless it panicked.
pub(crate) fn contained<R>(code: impl FnOnce() -> R) -> Option<R> {
    let payload = match catch_unwind(AssertUnwindSafe(code)) {
        Ok(returned) => return Some(returned),
        Err(payload) => payload,
    };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        // Whoever panics with values that panic when they are dropped gets no third chance.
        std::mem::forget(payload);
    }
    None
}
