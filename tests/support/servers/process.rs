//! A process whose output is stored and printed when the test fails.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

/// The number of bytes of the output that are printed.
const SHOWN: usize = 8 * 1024;

/// A running server, killed when it is dropped.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts `command`, with its standard error appended to `log`.
    ///
    /// # Panics
    ///
    /// If the process does not start.
    pub fn start(command: &mut Command, log: PathBuf) -> Self {
        let open = File::options().create(true).append(true).open(&log);
        let open = open.unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        command.stdin(Stdio::null()).stderr(open);
        let child = command.spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Self { child, log }
    }

    /// A command with an empty environment except for `PATH`, and without standard output.
    pub fn command(program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().stdout(Stdio::null());
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    /// [`command`](Self::command) of a program that ignores no signal, also where what started the
    /// tests does: `nohup`, or the background of a shell.
    pub fn command_with_signals(program: impl AsRef<Path>) -> Command {
        if !cfg!(target_os = "linux") {
            return Self::command(program);
        }
        let mut command = Self::command("env");
        command.arg("--default-signal").arg(program.as_ref());
        command
    }

    /// The child process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The exit status, if the process has ended.
    ///
    /// # Panics
    ///
    /// If the operating system does not report the status.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Kills the process, with SIGKILL where there are signals, and waits until it is gone.
    pub fn kill(&mut self) {
        // Fails for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The end of the output.
    pub fn said(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let from = said.len().saturating_sub(SHOWN);
        String::from_utf8_lossy(&said[from..]).into_owned()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("--- {} said:\n{}---", self.log.display(), self.said());
        }
    }
}
