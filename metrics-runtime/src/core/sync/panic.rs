use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the user. Returns `None` if the code panicked.
pub(crate) fn catch_panic<R>(code: impl FnOnce() -> R) -> Option<R> {
    let mut returned = None;
    let mut code = Some(code);
    catch(&mut || returned = code.take().map(|code| code()));
    returned
}

/// The part that does not depend on the type of the code, compiled once.
fn catch(code: &mut dyn FnMut()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(code)) else { return };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        // A payload whose destructor panics may hold another one that does.
        std::mem::forget(payload);
    }
}
