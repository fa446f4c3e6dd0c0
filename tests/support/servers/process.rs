//! A process whose output is kept and shown when the test fails.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

/// How much of the output is shown.
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
    /// If it does not start.
    pub fn start(command: &mut Command, log: PathBuf) -> Self {
        let open = File::options().create(true).append(true).open(&log);
        let open = open.unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        command.stdin(Stdio::null()).stderr(open);
        let child = command.spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Self { child, log }
    }

    /// A command without this process' environment, but for `PATH`, whose standard output nobody reads.
    pub fn command(program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().stdout(Stdio::null());
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    ///
    /// # Panics
    ///
    /// If the operating system does not tell.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Kills it, with SIGKILL where there are signals, and waits until it is gone.
    pub fn kill(&mut self) {
        // Fails for one that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The last that it said.
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
