//! The thread of the connections.

use std::{convert::Infallible, fmt, io, sync::mpsc, thread};

use opentelemetry::Context;
use tokio::{
    runtime::{Builder, EnterGuard, Handle},
    sync::oneshot,
};

/// A tokio runtime with one thread. Dropping the value ends both without waiting.
///
/// The thread owns the runtime and drops it. An application may drop its metrics in async code, and
/// tokio panics when a runtime is dropped there.
pub(crate) struct ClientThread {
    handle: Handle,
    /// Sends nothing: dropping the sender is the signal.
    _alive: oneshot::Sender<Infallible>,
}

impl ClientThread {
    pub(crate) fn start(name: &str) -> io::Result<Self> {
        let (alive, ended) = oneshot::channel();
        let (handle, started) = mpsc::sync_channel(1);
        thread::Builder::new().name(name.to_owned()).spawn(move || run(ended, &handle))?;
        let handle =
            started.recv().map_err(|_| io::Error::other("the thread ended while it started"))??;
        Ok(Self { handle, _alive: alive })
    }

    /// Enters the runtime's context, for code that spawns tasks or opens sockets.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Runs `future` on the calling thread, which must not belong to an async runtime. The thread
    /// of this value drives the timers and sockets of `future`.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// Runs `future` on the thread of this value, and blocks the calling one, which may belong to
    /// an async runtime. `None` if the future panicked.
    pub(crate) fn wait_for<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, result) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            let result = future.await;
            // Somebody waits.
            let _ = done.send(result);
        });
        result.recv().ok()
    }
}

impl fmt::Debug for ClientThread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientThread").finish_non_exhaustive()
    }
}

fn run(ended: oneshot::Receiver<Infallible>, handle: &mpsc::SyncSender<io::Result<Handle>>) {
    // An instrumented client must not record telemetry about the export of telemetry.
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            if handle.send(Ok(runtime.handle().clone())).is_ok() {
                // `Err` means that the sender was dropped: nothing is ever sent.
                let _ = runtime.block_on(ended);
            }
            // A name look-up that hangs must not keep the thread.
            runtime.shutdown_background();
        }
        Err(error) => {
            // Sending fails only if the caller has gone.
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
        let thread = ClientThread::start("test").unwrap();
        thread.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    }

    #[tokio::test]
    async fn it_starts_and_ends_inside_async_code() {
        let thread = ClientThread::start("test").unwrap();
        let task = {
            let _runtime = thread.enter();
            tokio::spawn(std::future::pending::<()>())
        };
        drop(thread);
        assert!(task.await.unwrap_err().is_cancelled());
    }
}
