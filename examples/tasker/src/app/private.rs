//! The private database server of a process.

use std::{
    convert::Infallible,
    panic::resume_unwind,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use osapi_common::postgres::{PostgresError, PostgresOptions, PrivatePostgres};
use tokio::{sync::oneshot, task::spawn_blocking};
use tracing::info;

/// The private server of a process, from its start to its end.
#[derive(Clone, Debug)]
pub struct PrivateServer {
    url: String,
    server: Arc<Mutex<Option<PrivatePostgres>>>,
}

impl PrivateServer {
    /// Starts a server in a temporary folder.
    ///
    /// A drop of the future stops the start, and blocks for the moment until nothing of the server
    /// is left.
    pub(super) async fn start() -> Result<Self, PostgresError> {
        info!("starting a private PostgreSQL in a temporary folder");
        let options =
            PostgresOptions { database: "tasker".to_owned(), ..PostgresOptions::default() };
        let (done, started) = oneshot::channel();
        let (busy, ended) = mpsc::channel::<Infallible>();
        let mut start = Start { stop: Arc::clone(&options.stop), started, ended };
        let thread = spawn_blocking(move || {
            // A server that nobody receives any more ends here, before the thread is seen to end.
            drop(done.send(PrivatePostgres::start(&options)));
            drop(busy);
        });
        match (&mut start.started).await {
            Ok(started) => {
                let server = started?;
                Ok(Self { url: server.url(), server: Arc::new(Mutex::new(Some(server))) })
            }
            Err(_) => match thread.await {
                Ok(()) => Err(PostgresError::Stopped),
                Err(error) => resume_unwind(error.into_panic()),
            },
        }
    }

    /// The URL of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server and removes its files. When this returns, both are gone, also where another
    /// thread has begun it. It blocks its thread.
    pub fn end(&self) {
        drop(self.server.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// A start that goes on in another thread, and is stopped by a drop.
struct Start {
    stop: Arc<AtomicBool>,
    started: oneshot::Receiver<Result<PrivatePostgres, PostgresError>>,
    /// Nothing is sent. The other end is dropped when the thread is done.
    ended: mpsc::Receiver<Infallible>,
}

impl Drop for Start {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A server that has just been received is not in it any more.
        self.started.close();
        drop(self.started.try_recv());
        let _ = self.ended.recv();
    }
}
