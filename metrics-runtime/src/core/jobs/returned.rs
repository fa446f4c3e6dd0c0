//! What a function returned whose tokens do not tell whether it is a future.

use std::future::Future;

use super::{ErrorLabel, JobEnd, ReturnValue, eval::eval_user_code, outcome::Fails};

/// A return value that is no future: the job has ended.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a future, so that this function returns before its job begins",
    label = "returned before the job begins",
    note = "write the return type as `impl Future<Output = …>`, `Pin<Box<dyn Future<Output = …>>>` or `BoxFuture<'_, …>`, which the attribute can tell, or make the function an `async fn`"
)]
pub trait NotFuture {}

/// A future.
pub trait FutureReturn {
    /// Its type.
    type Future;

    /// Does not compile.
    fn __osapi_check_return(&self)
    where
        Self::Future: NotFuture,
    {
    }
}

impl<F: Future> FutureReturn for &ReturnValue<'_, F> {
    type Future = F;
}

/// Anything else.
pub trait ValueReturn {
    /// Does nothing.
    fn __osapi_check_return(&self) {}
}

impl<R> ValueReturn for ReturnValue<'_, R> {}

/// Calls a closure that makes a future; a function, so that the future's output is known before the
/// closure is read.
pub fn make_future<T, F: Future<Output = T>>(make: impl FnOnce() -> F) -> F {
    make()
}

/// An end whose error a closure names.
pub fn named_by<R: Fails, L: ErrorLabel>(
    end: JobEnd,
    returned: &R,
    name: impl FnOnce(&R::Error) -> L,
) -> JobEnd {
    let error_name =
        returned.error().and_then(|error| eval_user_code(|| name(error).into_error_label()));
    JobEnd { error_name, ..end }
}
