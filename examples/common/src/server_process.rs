//! The process of a private server.

use std::{
    convert::Infallible,
    env, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How often a program is asked that does not report by itself.
pub(crate) const INTERVAL: Duration = Duration::from_millis(5);

/// The longest path of a socket: 104 bytes with the last zero byte on macOS, 108 on Linux.
pub(crate) const SOCKET_PATH_LIMIT: usize = 103;

/// Refuses a path that the URL of a server cannot have.
pub(crate) fn check_path(path: &Path) -> io::Result<()> {
    let is_text = path.to_str().is_some();
    is_text.then_some(()).ok_or_else(|| io::Error::other("its path is not UTF-8"))
}

/// How a server is ended: a signal, and the longest time that the server may take then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endings {
    /// Saves everything first.
    pub(crate) stop: (Signal, Duration),
    /// Ends the server and its children at once.
    pub(crate) kill: (Signal, Duration),
}

/// A server process, killed when it is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    endings: Endings,
    /// Ends the thread that started the process, when it is dropped.
    _starter: Sender<Infallible>,
}

impl ServerProcess {
    /// Starts a command on a thread of its own with this name, which lives as long as the process.
    ///
    /// The kernel can signal a process when its parent dies, and takes the thread that started the
    /// process for its parent.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        endings: Endings,
    ) -> io::Result<Self> {
        let (starter, end) = channel::<Infallible>();
        let (result, child) = channel();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = result.send(command.spawn());
            // Its files are open in this process as long as the command is.
            drop(command);
            let _ = end.recv();
        })?;
        let child = child.recv().map_err(io::Error::other)??;
        Ok(Self { child, endings, _starter: starter })
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the server in order.
    pub(crate) fn stop(&mut self) {
        if !self.end(self.endings.stop) {
            self.kill();
        }
    }

    /// Ends the server and its children at once. None of them runs when this returns.
    pub(crate) fn kill(&mut self) {
        if !self.end(self.endings.kill) {
            // The children see that their parent is gone, and end.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// Sends a signal, and waits for the end.
    fn end(&mut self, (signal, limit): (Signal, Duration)) -> bool {
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

/// Finds `setpriv` of util-linux, which can have the kernel send a signal to the server when this
/// process dies. Other programs of that name cannot.
///
/// `command` makes a command as those of the server are made.
pub(crate) fn find_setpriv(
    signal: &str,
    server: &Path,
    command: impl Fn(&Path) -> Command,
) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join("setpriv"));
    found.filter(|setpriv| setpriv.is_file()).find(|setpriv| {
        let mut command = command(setpriv);
        command.args(["--pdeathsig", signal, "--"]).arg(server).arg("--version");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}
