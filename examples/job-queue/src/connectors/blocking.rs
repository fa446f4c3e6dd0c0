//! Work that computes, on a thread that serves nothing else.

use std::{
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::spawn_blocking;

use super::error::ConnectorError;

/// Says to a thread that nobody waits for its work any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// To be called often: between two calls the thread cannot be stopped.
    pub(super) fn check(&self) -> Result<(), ConnectorError> {
        if self.0.load(Ordering::Relaxed) { Err(ConnectorError::Stopped) } else { Ok(()) }
    }
}

/// Stops the thread when the future that waits for it ends or is dropped.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` on a thread of its own. A panic of the thread continues in the caller.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> Result<T, ConnectorError> + Send + 'static,
) -> Result<T, ConnectorError> {
    let stop = Stop::default();
    let _stop = StopOnDrop(stop.clone());
    match spawn_blocking(move || work(&stop)).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(ConnectorError::Stopped),
        },
    }
}
