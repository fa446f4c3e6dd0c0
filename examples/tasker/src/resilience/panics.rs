//! Panics of the client of the database.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::Error;

/// A use of the database whose panic is an error.
///
/// The client panics where a message is too short for what its kind has, as a broken server or what
/// is between may send. What goes on for as long as the process does has to go on then, and with
/// another connection.
///
/// # Errors
/// That of the use, or [`Error::Protocol`] for a panic.
pub async fn without_panic<T>(
    operation: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let caught = AssertUnwindSafe(operation).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        Err(Error::Protocol("what the database sends cannot be read: the client panicked".into()))
    })
}
