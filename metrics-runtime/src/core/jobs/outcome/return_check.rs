//! The check that a function whose tokens show neither a future nor a stream does not return one.

use std::future::Future;

use futures_core::Stream;

use super::ReturnValue;

/// A return value that is not a future, so that the job has ended.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a future, so that this function returns before its job begins",
    label = "returned before the job begins",
    note = "write the return type as `impl Future<Output = …>`, `Pin<Box<dyn Future<Output = …>>>` or `BoxFuture<'_, …>`, which the attribute can tell, or make the function an `async fn`"
)]
pub trait NotFuture {}

/// A return value that is not a stream, so that the job has ended.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a stream, so that this function returns before its job begins",
    label = "returned before the job begins",
    note = "write the return type as `impl Stream<Item = …>`, `Pin<Box<dyn Stream<Item = …>>>` or `BoxStream<'_, …>`, which the attribute can tell"
)]
pub trait NotStream {}

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

impl<F: Future> FutureReturn for &&ReturnValue<'_, F> {
    type Future = F;
}

/// The check of a stream, which does not compile.
pub trait StreamReturn {
    /// The type of the stream.
    type Stream;

    /// Has a bound that no stream satisfies.
    fn __osapi_check_return(&self)
    where
        Self::Stream: NotStream,
    {
    }
}

impl<S: Stream> StreamReturn for &ReturnValue<'_, S> {
    type Stream = S;
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

/// Calls a closure that makes a stream, as [`make_future`] does one that makes a future.
pub fn make_stream<T, S: Stream<Item = T>>(make: impl FnOnce() -> S) -> S {
    make()
}
