//! The check that a function whose tokens do not show a future does not return one.

use std::future::Future;

use super::ReturnValue;

/// A return value that is not a future, so that the job has ended.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a future, so that this function returns before its job begins",
    label = "returned before the job begins",
    note = "write the return type as `impl Future<Output = …>`, `Pin<Box<dyn Future<Output = …>>>` or `BoxFuture<'_, …>`, which the attribute can tell, or make the function an `async fn`"
)]
pub trait NotFuture {}

/// The check of a future, which does not compile.
pub trait FutureReturn {
    /// The type of the future.
    type Future;

    /// Has a bound that no future satisfies.
    fn __osapi_check_return(&self)
    where
        Self::Future: NotFuture,
    {
    }
}

impl<F: Future> FutureReturn for &ReturnValue<'_, F> {
    type Future = F;
}

/// The check of any other value.
pub trait ValueReturn {
    /// Does nothing.
    fn __osapi_check_return(&self) {}
}

impl<R> ValueReturn for ReturnValue<'_, R> {}

/// Calls a closure that makes a future. As a parameter of a function, the closure has the output of
/// the future before the compiler reads its body.
pub fn make_future<T, F: Future<Output = T>>(make: impl FnOnce() -> F) -> F {
    make()
}
