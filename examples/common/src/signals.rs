//! The signals that stop a service: SIGTERM and SIGINT, or Ctrl-C on systems without signals.

use std::{io, pin::pin, process};

use tracing::warn;

/// The exit code that a shell reports for a program that SIGINT ended: 128 + 2.
const EXIT_INTERRUPTED: i32 = 130;

/// The signals, received from the creation of this value on, so that none is missed during the
/// start.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Waits for a signal, then for `stop`, which does not begin earlier.
    ///
    /// A second interrupt ends the process at once with exit code 130, without a drop of its
    /// values: a drop could wait for the last export.
    pub async fn stop_at_request(mut self, stop: impl Future<Output = ()>) {
        self.stop_requested().await;
        let mut stop = pin!(stop);
        tokio::select! {
            () = &mut stop => {}
            () = self.interrupted() => {
                warn!("interrupted again: stopping at once");
                process::exit(EXIT_INTERRUPTED);
            }
        }
    }
}

#[cfg(unix)]
impl Signals {
    /// Receives the signals from now on, on the current tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses the handler of a signal.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next SIGTERM or SIGINT.
    pub async fn stop_requested(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for the next SIGINT.
    async fn interrupted(&mut self) {
        self.interrupt.recv().await;
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Receives the signals from now on.
    ///
    /// # Errors
    /// None on this system.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for Ctrl-C.
    pub async fn stop_requested(&mut self) {
        self.interrupted().await;
    }

    /// Waits for the next Ctrl-C.
    async fn interrupted(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // There is no console, so no Ctrl-C can come.
            std::future::pending::<()>().await;
        }
    }
}
