//! The signals that stop the service: SIGTERM and SIGINT, or Ctrl-C on systems without signals.

use std::io;

/// The signals, received from the creation of this value on, so that none is missed during the
/// start.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the first SIGTERM or SIGINT.
    pub(crate) async fn stop_requested(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for the next SIGINT.
    pub(crate) async fn interrupted(&mut self) {
        self.interrupt.recv().await;
    }
}

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for Ctrl-C.
    pub(crate) async fn stop_requested(&mut self) {
        self.interrupted().await;
    }

    /// Waits for the next Ctrl-C.
    pub(crate) async fn interrupted(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // There is no console, so no Ctrl-C can come.
            std::future::pending::<()>().await;
        }
    }
}
