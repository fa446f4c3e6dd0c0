//! The thread on which connections live.

use std::{convert::Infallible, fmt, io, sync::mpsc, thread};

use opentelemetry::Context;
use tokio::{
    runtime::{Builder, EnterGuard, Handle},
    sync::oneshot,
};

/// A tokio runtime with one thread. Dropping the value ends both, without waiting, wherever that happens.
///
/// The runtime belongs to its thread and is dropped there, because tokio panics when a runtime is dropped in async
/// code, which is where an application may well drop its metrics.
pub(in super::super) struct TransportThread {
    handle: Handle,
    /// Never sent on; its end is the signal.
    _alive: oneshot::Sender<Infallible>,
}

impl TransportThread {
    pub(in super::super) fn start() -> io::Result<Self> {
        let (alive, ended) = oneshot::channel();
        let (handle, started) = mpsc::sync_channel(1);
        thread::Builder::new().name("osapi-otlp".to_owned()).spawn(move || run(ended, &handle))?;
        let handle =
            started.recv().map_err(|_| io::Error::other("the thread ended while it started"))??;
        Ok(Self { handle, _alive: alive })
    }

    /// The runtime's context, for building what spawns tasks or opens sockets.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Runs `future` on the calling thread, which must not be one of an async runtime. Its timers and sockets are
    /// served by this thread.
    pub(in super::super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }
}

impl fmt::Debug for TransportThread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TransportThread").finish_non_exhaustive()
    }
}

fn run(ended: oneshot::Receiver<Infallible>, handle: &mpsc::SyncSender<io::Result<Handle>>) {
    // An instrumented client must not record telemetry about the export of telemetry.
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            if handle.send(Ok(runtime.handle().clone())).is_ok() {
                // `Err` is the end of the sender: nothing is ever sent.
                let _ = runtime.block_on(ended);
            }
            // A name look-up that hangs must not keep the thread.
            runtime.shutdown_background();
        }
        Err(error) => {
            // Only a caller that is gone does not take it.
            let _ = handle.send(Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timers_run_for_a_thread_without_a_runtime() {
        let thread = TransportThread::start().unwrap();
        thread.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    }

    #[tokio::test]
    async fn it_starts_and_ends_inside_async_code() {
        let thread = TransportThread::start().unwrap();
        let task = {
            let _runtime = thread.enter();
            tokio::spawn(std::future::pending::<()>())
        };
        drop(thread);
        assert!(task.await.unwrap_err().is_cancelled());
    }
}
