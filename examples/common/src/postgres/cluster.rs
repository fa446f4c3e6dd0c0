//! The files of a server, and the commands that work on them.

use std::{
    env,
    fs::{self, File},
    io::Write as _,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use super::{account::Account, error::PostgresError, options::PostgresOptions, programs::Programs};
use crate::{
    folder::TemporaryFolder,
    server_process::{INTERVAL, SOCKET_PATH_LIMIT, check_path, find_setpriv},
};

/// The name of the only user of a private server.
pub(super) const USER: &str = "postgres";

/// The database that every server has.
const FIRST_DATABASE: &str = "postgres";

/// The number in the name of the socket. It is a port only by name.
pub(super) const PORT: u16 = 5432;

/// The signal at the death of this process: the server ends at once.
const DEATH_SIGNAL: &str = "QUIT";

/// The longest wait for the children of a killed program. A child that has ended is still there
/// until the first process of the system has looked at it, which some take seconds for.
const DEATH_LIMIT: Duration = Duration::from_millis(100);

/// A cluster, as PostgreSQL calls the files of one server, in a temporary folder.
#[derive(Debug)]
pub(super) struct Cluster {
    programs: Programs,
    account: Option<Account>,
    /// The program `setpriv`, where there is one that can set the signal at the parent's death.
    setpriv: Option<PathBuf>,
    options: PostgresOptions,
    folder: TemporaryFolder,
}

impl Cluster {
    /// Creates the files, and the database of the options.
    pub(super) fn create(options: PostgresOptions) -> Result<Self, PostgresError> {
        check_name(&options.database)?;
        let programs = Programs::find(options.programs.as_deref())?;
        let account = Account::of_server()?;
        let folder = create_folder(account)?;
        let mut cluster = Self { programs, account, setpriv: None, options, folder };
        cluster.setpriv = find_setpriv(DEATH_SIGNAL, &cluster.programs.postgres, |setpriv| {
            cluster.command(setpriv)
        });
        cluster.initialize()?;
        if cluster.options.database != FIRST_DATABASE {
            cluster.create_database()?;
        }
        Ok(cluster)
    }

    pub(super) fn options(&self) -> &PostgresOptions {
        &self.options
    }

    /// The folder of the socket.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Fails when the start has to stop.
    pub(super) fn check_stop(&self) -> Result<(), PostgresError> {
        if self.options.stop.load(Ordering::Relaxed) { Err(PostgresError::Stopped) } else { Ok(()) }
    }

    /// The command that runs the server, with a new log.
    pub(super) fn server(&self) -> Result<Command, PostgresError> {
        let log = self.new_log()?;
        let mut command = match &self.setpriv {
            Some(setpriv) => {
                let mut command = self.command(setpriv);
                command.args(["--pdeathsig", DEATH_SIGNAL, "--"]).arg(&self.programs.postgres);
                command
            }
            None => self.command(&self.programs.postgres),
        };
        command.arg("-D").arg(self.data()).args(self.settings());
        command.arg("-c").arg(format!("port={PORT}"));
        // No address. The socket is in the folder above the data, which no other user can enter.
        command.args(["-c", "listen_addresses=", "-c", "unix_socket_directories=.."]);
        // A Ctrl-C in the terminal is for the service, which needs its database until its end.
        command.process_group(0).stdout(Stdio::null()).stderr(log);
        let lock = self.folder.lock();
        command.stdin(
            lock.map_err(|cause| PostgresError::Folder {
                folder: self.folder().to_owned(),
                cause,
            })?,
        );
        Ok(command)
    }

    /// Whether the server with this process id serves clients. It writes this to its lock file.
    pub(super) fn is_ready(&self, process: u32) -> bool {
        let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let mut lines = lock.lines();
        lines.next() == Some(&process.to_string())
            && lines.nth(6).is_some_and(|status| status.trim() == "ready")
    }

    /// The log since the last start.
    pub(super) fn log(&self) -> String {
        let log = fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn new_log(&self) -> Result<File, PostgresError> {
        let error = |cause| PostgresError::Folder { folder: self.folder().to_owned(), cause };
        File::create(self.log_file()).map_err(error)
    }

    fn log_file(&self) -> PathBuf {
        self.folder().join("postgres.log")
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn initialize(&self) -> Result<(), PostgresError> {
        let mut command = self.command(&self.programs.initdb);
        command
            .arg("--pgdata")
            .arg(self.data())
            .args(["--username", USER, "--encoding", "UTF8", "--locale", "C", "--no-sync"])
            .args(["--auth-local", "trust", "--auth-host", "reject"]);
        self.run(command, "")
    }

    /// Creates the database without a client: a server without clients reads statements from its
    /// standard input.
    fn create_database(&self) -> Result<(), PostgresError> {
        let mut command = self.command(&self.programs.postgres);
        command.args(["--single", "-D"]).arg(self.data()).args(self.settings());
        command.args(["-c", "exit_on_error=on", FIRST_DATABASE]);
        self.run(command, &format!("CREATE DATABASE {}\n", self.options.database))
    }

    /// Runs a program to its end, or until the start has to stop.
    fn run(&self, mut command: Command, input: &str) -> Result<(), PostgresError> {
        self.check_stop()?;
        let program = PathBuf::from(command.get_program());
        let error = |cause| PostgresError::Run { program: program.clone(), cause };
        // A group of its own: a Ctrl-C in the terminal is for the service, which ends the program
        // together with its children.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.stderr(self.new_log()?).spawn().map_err(error)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that reads nothing has ended with a reason.
            let _ = stdin.write_all(input.as_bytes());
        }
        let status = loop {
            if let Some(status) = child.try_wait().map_err(error)? {
                break status;
            }
            if let Err(stopped) = self.check_stop() {
                kill_group(&mut child);
                return Err(stopped);
            }
            thread::sleep(INTERVAL);
        };
        if status.success() {
            return Ok(());
        }
        Err(PostgresError::Create { program, reason: reason(&self.log()) })
    }

    /// The settings of the options, as arguments of the server.
    fn settings(&self) -> Vec<String> {
        let mut settings = Vec::new();
        if !self.options.fsync {
            settings.extend(["fsync=off".to_owned(), "full_page_writes=off".to_owned()]);
        }
        settings
            .extend(self.options.settings.iter().map(|(name, value)| format!("{name}={value}")));
        settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
    }

    /// A command in the folder, as the user of the server, with an empty environment except for
    /// `PATH`.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path)));
        // The reasons in errors are in one language.
        command.env("LC_ALL", "C").current_dir(self.folder()).stdin(Stdio::null());
        if let Some(account) = self.account {
            account.run(&mut command);
        }
        command
    }
}

fn check_name(name: &str) -> Result<(), PostgresError> {
    let is_valid = (1..=63).contains(&name.len())
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    is_valid.then_some(()).ok_or_else(|| PostgresError::DatabaseName { name: name.to_owned() })
}

/// Creates a folder that only the user of the server can enter.
fn create_folder(account: Option<Account>) -> Result<TemporaryFolder, PostgresError> {
    let error = |cause| PostgresError::Folder { folder: env::temp_dir(), cause };
    let folder = TemporaryFolder::create("osapi-postgres-").map_err(error)?;
    check_path(folder.path()).map_err(error)?;
    let path = folder.path().join(format!(".s.PGSQL.{PORT}"));
    if path.as_os_str().len() > SOCKET_PATH_LIMIT {
        return Err(PostgresError::SocketPath { path });
    }
    if let Some(account) = account {
        account.own(folder.path()).map_err(error)?;
    }
    Ok(folder)
}

/// Kills a program with its children, and waits until nothing of them writes any more.
fn kill_group(child: &mut Child) {
    let group = Pid::from_child(child);
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
    // The children are those of another process now, which waits for them.
    let begin = Instant::now();
    while test_kill_process_group(group).is_ok() && begin.elapsed() < DEATH_LIMIT {
        thread::sleep(INTERVAL);
    }
}

/// The line of a log that says why a program ended: the first fatal one, or the last line.
pub(super) fn reason(log: &str) -> String {
    const MARKS: [&str; 3] = ["FATAL: ", "PANIC: ", "error: "];
    let lines = || log.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines().find(|line| MARKS.iter().any(|mark| line.contains(mark)));
    fatal.or_else(|| lines().next_back()).unwrap_or("no reason").to_owned()
}
