//! The files of a server, and the command that works on them.

use std::{
    env,
    fs::{self, File},
    io::{Read as _, Write as _},
    os::unix::{net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use super::{error::RedisError, options::RedisOptions};
use crate::{
    folder::TemporaryFolder,
    server_process::{SOCKET_PATH_LIMIT, check_path, find_setpriv},
};

/// The program of an installed Redis.
const PROGRAM: &str = "redis-server";

/// The signal at the death of this process.
const DEATH_SIGNAL: &str = "KILL";

/// How long a server that accepts a connection may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// The temporary folder of a server, with its data, its log and its socket.
#[derive(Debug)]
pub(super) struct ServerFiles {
    program: PathBuf,
    /// The program `setpriv`, where there is one that can set the signal at the parent's death.
    setpriv: Option<PathBuf>,
    options: RedisOptions,
    folder: TemporaryFolder,
}

impl ServerFiles {
    pub(super) fn create(options: RedisOptions) -> Result<Self, RedisError> {
        let program = find_program(options.program.as_deref())?;
        let folder = create_folder()?;
        let mut files = Self { program, setpriv: None, options, folder };
        files.setpriv =
            find_setpriv(DEATH_SIGNAL, &files.program, |setpriv| files.command(setpriv));
        let data = files.folder.path().join("data");
        fs::create_dir(&data).map_err(|cause| RedisError::Folder { folder: data, cause })?;
        Ok(files)
    }

    pub(super) fn options(&self) -> &RedisOptions {
        &self.options
    }

    /// The Unix socket of the server.
    pub(super) fn socket(&self) -> PathBuf {
        socket(self.folder.path())
    }

    /// The command that runs the server, with a new log.
    pub(super) fn server(&self, port: Option<u16>) -> Result<Command, RedisError> {
        let folder = self.folder.path();
        let error = |cause| RedisError::Folder { folder: folder.to_owned(), cause };
        // What the server prints before it reads its settings is in the log too.
        let log = File::create(self.log_file()).map_err(error)?;
        let errors = log.try_clone().map_err(error)?;
        let mut command = match &self.setpriv {
            Some(setpriv) => {
                let mut command = self.command(setpriv);
                command.args(["--pdeathsig", DEATH_SIGNAL, "--"]).arg(&self.program);
                command
            }
            None => self.command(&self.program),
        };
        command.args(["--port", &port.unwrap_or(0).to_string(), "--bind", "127.0.0.1"]);
        command.arg("--unixsocket").arg(self.socket()).args(["--unixsocketperm", "700"]);
        command.arg("--dir").arg(folder.join("data"));
        // Every answered write is in a file, which the next start reads. The default, `everysec`,
        // answers before it writes while the disk is busy. The folder does not outlive a crash of
        // the machine, so nothing has to wait for the disk.
        command.args(["--appendonly", "yes", "--appendfsync", "no", "--save", ""]);
        for (name, value) in &self.options.settings {
            command.arg(format!("--{name}")).arg(value);
        }
        // A Ctrl-C in the terminal is for the service, which needs its server until its end.
        command.process_group(0).stdout(log).stderr(errors);
        command.stdin(self.folder.lock().map_err(error)?);
        Ok(command)
    }

    /// Whether the server answers, and has read its data.
    pub(super) fn is_ready(&self) -> bool {
        let mut answer = [0; 8];
        UnixStream::connect(self.socket())
            .and_then(|mut stream| {
                stream.set_read_timeout(Some(ANSWER_LIMIT))?;
                stream.write_all(b"PING\r\n")?;
                // The shortest answer, `+PONG` with the end of the line, is shorter than the
                // buffer.
                stream.read(&mut answer)
            })
            .is_ok_and(|length| length > 0 && !answer.starts_with(b"-LOADING"))
    }

    /// The log since the last start.
    pub(super) fn log(&self) -> String {
        let log = fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("redis.log")
    }

    /// A command in the folder, with an empty environment except for `PATH`.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path)));
        // The reasons in errors are in one language.
        command.env("LC_ALL", "C").current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("redis.sock")
}

fn find_program(given: Option<&Path>) -> Result<PathBuf, RedisError> {
    let missing = |searched| RedisError::NotInstalled { searched };
    if let Some(program) = given {
        // The server runs in a folder of its own, where a relative path leads nowhere.
        return (program.is_absolute() && program.is_file())
            .then(|| program.to_owned())
            .ok_or_else(|| missing(program.display().to_string()));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(PROGRAM))
        .find(|program| program.is_absolute() && program.is_file())
        .ok_or_else(|| missing(format!("`{PROGRAM}` in PATH")))
}

/// Creates a folder that no other user can enter.
fn create_folder() -> Result<TemporaryFolder, RedisError> {
    let error = |cause| RedisError::Folder { folder: env::temp_dir(), cause };
    let folder = TemporaryFolder::create("osapi-redis-").map_err(error)?;
    check_path(folder.path()).map_err(error)?;
    let path = socket(folder.path());
    if path.as_os_str().len() > SOCKET_PATH_LIMIT {
        return Err(RedisError::SocketPath { path });
    }
    Ok(folder)
}

/// Why a server ended: the setting that it refused, or its last warning.
pub(super) fn reason(log: &str) -> String {
    let mut lines = log.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut warning = None;
    while let Some(line) = lines.next() {
        // The setting, and below it what is wrong.
        if let Some(setting) = line.strip_prefix(">>> ") {
            return format!("{setting}: {}", lines.next().unwrap_or("refused"));
        }
        // `1234:M 01 Dec 2025 10:00:00.000 # Failed listening on port 6379 (TCP), aborting.`
        warning = line.split_once(" # ").map(|(_, warning)| warning).or(warning);
    }
    let last = || log.lines().map(str::trim).rfind(|line| !line.is_empty());
    warning.or_else(last).unwrap_or("no reason").to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_reason_is_the_setting_or_the_last_warning() {
        let refused = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration \
                       file, at line 3\n>>> 'maxmemory \"many\"'\nargument must be a memory value\n";
        assert_eq!(reason(refused), "'maxmemory \"many\"': argument must be a memory value");
        let port = "1:M 01 Dec 2025 10:00:00.000 # Warning: a socket\n1:M 01 Dec 2025 10:00:00.001 \
                    # Failed listening on port 1 (TCP), aborting.\n";
        assert_eq!(reason(port), "Failed listening on port 1 (TCP), aborting.");
        assert_eq!(reason("sh: not found\n"), "sh: not found");
        assert_eq!(reason(""), "no reason");
    }
}
