//! The process of a server.

use std::{
    convert::Infallible,
    io,
    process::{Child, Command},
    sync::mpsc::{Sender, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How long a stop that saves everything may take.
const FAST_LIMIT: Duration = Duration::from_secs(60);

/// How long an immediate stop may take. The server kills its own children after five seconds.
const IMMEDIATE_LIMIT: Duration = Duration::from_secs(15);

/// How often a program is asked that does not report by itself.
pub(super) const INTERVAL: Duration = Duration::from_millis(5);

/// A server process, stopped immediately when it is dropped.
#[derive(Debug)]
pub(super) struct ServerProcess {
    child: Child,
    /// Ends the thread that started the process, when it is dropped.
    _starter: Sender<Infallible>,
}

impl ServerProcess {
    /// Starts a command on a thread of its own, which lives as long as the process.
    ///
    /// The kernel can signal a process when its parent dies, and takes the thread that started the
    /// process for its parent.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        let (starter, end) = channel::<Infallible>();
        let (result, child) = channel();
        thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            let _ = result.send(command.spawn());
            // Its files are open in this process as long as the command is.
            drop(command);
            let _ = end.recv();
        })?;
        let child = child.recv().map_err(io::Error::other)??;
        Ok(Self { child, _starter: starter })
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the transactions, saves everything, and ends the server.
    pub(super) fn stop(&mut self) {
        if !self.end(Signal::INT, FAST_LIMIT) {
            self.kill();
        }
    }

    /// Ends the server and its children at once. None of them runs when this returns.
    pub(super) fn kill(&mut self) {
        if !self.end(Signal::QUIT, IMMEDIATE_LIMIT) {
            // The children see that their parent is gone, and end.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// Sends a signal, and waits for the end.
    fn end(&mut self, signal: Signal, limit: Duration) -> bool {
        let begin = Instant::now();
        while !self.has_ended() {
            if begin.elapsed() > limit {
                return false;
            }
            // Sent again and again, because a server that has just started ignores signals until it
            // handles them. The process id is not that of another process before the end is seen.
            let _ = kill_process(Pid::from_child(&self.child), signal);
            thread::sleep(INTERVAL);
        }
        true
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
