//! Limits on how long an operation may run.

use std::{panic::resume_unwind, time::Duration};

use tokio::{task::spawn_blocking, time::timeout};

use super::error::OperationError;

/// Ends `work` with [`OperationError::TimedOut`] if it takes longer than `limit`.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, OperationError>>,
) -> Result<T, OperationError> {
    timeout(limit, work).await.unwrap_or(Err(OperationError::TimedOut { limit }))
}

/// Runs `work`, which blocks its thread, on a thread that serves no requests. Ends with
/// [`OperationError::TimedOut`] after `limit`.
///
/// A thread cannot be stopped from outside: after the limit the job has ended, but `work` continues
/// until it returns.
pub(super) async fn blocking<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    within(limit, async {
        match spawn_blocking(work).await {
            Ok(result) => result,
            // The panic counts as the job's.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(OperationError::Stopped),
            },
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_never_ends_is_ended() {
        let limit = Duration::from_secs(5);
        let error = within::<()>(limit, pending()).await.expect_err("pending");
        assert_eq!(error.to_string(), "not finished within 5s");
    }

    #[tokio::test]
    #[should_panic(expected = "out of cheese")]
    async fn a_panic_reaches_the_caller() {
        let work = || -> Result<(), _> { panic!("out of cheese") };
        let _ = blocking(Duration::from_secs(5), work).await;
    }
}
