//! The signals that stop a service: SIGTERM, SIGINT, SIGHUP and SIGQUIT, or Ctrl-C on systems
//! without signals.
//!
//! SIGHUP and SIGQUIT would end the process with what it has started still there. A process that is
//! started with SIGHUP ignored, as `nohup` does, goes on ignoring it.

use std::{
    io,
    pin::{Pin, pin},
    process,
};

use tracing::{info, warn};

/// The signals, received from the creation of this value on, so that none is missed during the
/// start.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    quit: tokio::signal::unix::Signal,
    /// `None` where the signal is ignored.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
    /// Whether a signal has come.
    requested: bool,
}

impl Signals {
    /// Runs a part of the start: the read of the configuration, or the start of the service.
    ///
    /// At a signal, the part is dropped where it waits, and the result is `None`. The drop has to
    /// undo what the part has done.
    pub async fn unless_stopped<T>(&mut self, part: impl Future<Output = T>) -> Option<T> {
        let mut part = Box::pin(part);
        tokio::select! {
            biased;
            () = self.stop_requested() => {}
            ended = &mut part => return Some(ended),
        }
        info!("stopping: the start is given up");
        drop(part);
        None
    }

    /// Waits for a signal, then for `stop`, which does not begin earlier. A signal that has come
    /// already counts.
    ///
    /// A further SIGINT or SIGQUIT ends the process at once, with the exit code 130 or 131, without
    /// a drop of its values: a drop could wait for the last export. `at_once` runs before, for what
    /// must not be left behind.
    pub async fn stop_at_request(mut self, stop: impl Future<Output = ()>, at_once: impl FnOnce()) {
        self.stop_requested().await;
        let stop: Pin<&mut _> = pin!(stop);
        tokio::select! {
            () = stop => {}
            code = self.requested_again() => {
                warn!("asked again: stopping at once");
                at_once();
                process::exit(code);
            }
        }
    }

    /// Waits for a signal, unless one has come already.
    pub async fn stop_requested(&mut self) {
        if !self.requested {
            self.received().await;
            self.requested = true;
        }
    }
}

/// The exit code that a shell reports for a program that SIGINT ended: 128 + 2.
const EXIT_INTERRUPTED: i32 = 130;

#[cfg(unix)]
impl Signals {
    /// Receives the signals from now on, on the current tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses the handler of a signal.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = SignalKind::hangup();
        let ignored = is_ignored(hang_up.as_raw_value());
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hang_up: if ignored { None } else { Some(signal(hang_up)?) },
            requested: false,
        })
    }

    /// Waits for the next signal.
    async fn received(&mut self) {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.quit.recv() => {}
            _ = hang_up => {}
        }
    }

    /// Waits for the next signal of somebody who does not want to wait, and returns the exit code
    /// for it.
    async fn requested_again(&mut self) -> i32 {
        /// The exit code for SIGQUIT: 128 + 3.
        const EXIT_QUIT: i32 = 131;
        tokio::select! {
            _ = self.interrupt.recv() => EXIT_INTERRUPTED,
            _ = self.quit.recv() => EXIT_QUIT,
        }
    }
}

/// Receives the signals whose default effect, or the one that the process was started with, would
/// be in the way of what the program does.
///
/// * SIGXFSZ would end the process where a file reaches `ulimit -f`. Instead the write fails, as it
///   does where the disk is full.
/// * SIGCHLD, ignored by who has started the process, would take the exit codes of its children.
#[cfg(unix)]
pub(crate) fn receive_those_that_need_no_answer() -> io::Result<()> {
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};
    // The handlers stay when these values are gone.
    let _ = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()))?;
    let _ = signal(SignalKind::child())?;
    Ok(())
}

/// There are no such signals on this system.
#[cfg(not(unix))]
pub(crate) fn receive_those_that_need_no_answer() -> io::Result<()> {
    Ok(())
}

/// Whether the process was started with this signal ignored. Linux has a line with a bit for each
/// signal, such as `SigIgn: 0000000000001000`; elsewhere nobody says so without unsafe code.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_some_and(|bits| bits >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
impl Signals {
    /// Receives the signals from now on.
    ///
    /// # Errors
    /// None on this system.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { requested: false })
    }

    /// Waits for Ctrl-C.
    async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // There is no console, so no Ctrl-C can come.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the next Ctrl-C, and returns the exit code for it.
    async fn requested_again(&mut self) -> i32 {
        self.received().await;
        EXIT_INTERRUPTED
    }
}
