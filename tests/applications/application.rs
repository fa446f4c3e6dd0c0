//! One process of an application.

use std::{
    env, fs,
    io::{self, BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::SystemTime,
};

use osapi_metrics_tests::servers::{self, ServerProcess};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::patience::{PATIENCE, until};

/// A running application, killed when it is dropped.
pub(crate) struct Application {
    /// Its drop ends the process.
    process: ServerProcess,
    launch: Launch,
    /// The page for browsers.
    explorer: String,
    /// The base of its addresses, such as `http://127.0.0.1:8080`.
    base: String,
    http: Client,
    log: PathBuf,
    /// The last field, because the process has to end before the folder of its log is removed.
    folder: TempDir,
}

impl Application {
    /// Starts a program with these arguments and variables on a free port, and waits until it is
    /// ready for work.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let name = program.file_name().expect("a program").display();
        let log = folder.path().join(format!("{name}.log"));
        let launch = Launch {
            program: program.to_owned(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            variables: variables.iter().map(|&(name, value)| (name.into(), value.into())).collect(),
        };
        let (process, addresses) = launch.start("127.0.0.1:0", folder.path(), &log);
        let Addresses { base, explorer } = addresses;
        let http = Client::builder().no_proxy().build().expect("a client without TLS");
        let application = Self { process, launch, explorer, base, http, log, folder };
        application.is_ready().await;
        application
    }

    /// Kills the process.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the process that was killed again, at the same address.
    pub(crate) async fn start_again(&mut self) {
        let folder = self.folder.path();
        self.process = self.launch.start(self.address(), folder, &self.log).0;
        self.is_ready().await;
    }

    async fn is_ready(&self) {
        until("the application is ready", async || {
            let answer = self.request(Method::GET, "/health/ready").send().await;
            answer.expect("an answer").status() == 200
        })
        .await;
    }

    /// The address of the page for browsers.
    pub(crate) fn explorer(&self) -> &str {
        &self.explorer
    }

    /// The address, such as `127.0.0.1:8080`.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The file with its log.
    pub(crate) fn log(&self) -> &str {
        self.log.to_str().expect("UTF-8")
    }

    /// The base of its addresses.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Status and body of the answer to a request.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    /// Status and body of the answer to a JSON document.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(Method::POST, path).body(body.to_string());
        answer(request.header("content-type", "application/json")).await
    }

    /// Sends a JSON document until it is accepted, and returns the id in the answer.
    pub(crate) async fn submit(&self, path: &str, body: &Value) -> String {
        let mut id = None;
        until("what is submitted is accepted", async || {
            let (status, answer) = self.post(path, body).await;
            assert!(matches!(status, 202 | 503), "{status}: {answer}");
            id = answer["id"].as_str().map(str::to_owned);
            status == 202
        })
        .await;
        id.expect("an id")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }
}

/// Runs a program with these arguments to its end, and prints what it prints.
///
/// # Panics
///
/// If the program fails.
pub(crate) async fn run(program: &Path, arguments: &[&str]) {
    let mut command = ServerProcess::command(program);
    command.args(arguments).stdout(Stdio::piped());
    let output = spawn_blocking(move || command.output()).await.expect("no panic");
    let output = output.expect("a program of this workspace can be run");
    let (printed, error) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&printed);
    println!("{printed}");
    assert!(output.status.success(), "{}: {error}\n{printed}", program.display());
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an application answers with and without its server");
    (answer.status().as_u16(), answer.json().await.expect("valid JSON"))
}

/// How a process is started.
struct Launch {
    program: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Launch {
    /// The process at an address, once it has printed its addresses.
    fn start(&self, listen: &str, folder: &Path, log: &Path) -> (ServerProcess, Addresses) {
        let mut command = ServerProcess::command(&self.program);
        command.args(&self.arguments).args(["--listen", listen]).stdout(Stdio::piped());
        command.env("TMPDIR", folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let mut process = ServerProcess::start(&mut command, log.to_owned());
        let addresses = addresses(&mut process);
        (process, addresses)
    }
}

/// What a process prints at its start.
struct Addresses {
    base: String,
    explorer: String,
}

/// The addresses that a process prints when it is ready, that of its health last. A thread reads to
/// the end, so that the process never waits for a reader.
fn addresses(process: &mut ServerProcess) -> Addresses {
    let stdout = process.child().stdout.take().expect("piped");
    let (send, printed) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // There is no receiver once the address is known.
            let _ = send.send(line);
        }
    });
    let mut explorer = None;
    loop {
        match printed.recv_timeout(PATIENCE) {
            Ok(line) => {
                let mut words = line.split_whitespace();
                match (words.next(), words.next()) {
                    (Some("explorer"), url) => explorer = url.map(str::to_owned),
                    (Some("health"), Some(health)) => {
                        return Addresses {
                            base: health.trim_end_matches("/health").to_owned(),
                            explorer: explorer.expect("the page is printed before the health"),
                        };
                    }
                    _ => {}
                }
            }
            Err(RecvTimeoutError::Timeout) => panic!("an application does not start in time"),
            Err(RecvTimeoutError::Disconnected) => {
                panic!("an application has ended: {}", process.said())
            }
        }
    }
}

/// The program of an application, where Cargo puts it: above the folder of this test. `None`, and a
/// line with the command that builds it, where it is missing or older than its sources.
///
/// # Panics
///
/// If `OSAPI_REQUIRE_SERVERS` is 1, and there is no such program.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let test = env::current_exe().expect("the path of this test");
    let program = test.ancestors().nth(2).expect("a folder of the profile").join(name);
    let found = if program.is_file() { is_current(&program) } else { Err("is not built".into()) };
    if let Err(reason) = found {
        servers::report_missing(&format!("current `{name}` ({reason}; `cargo build -p {name}`)"));
        return None;
    }
    Some(program)
}

/// Whether a program is younger than each file of its package that it was built from, as far as
/// the compiler has listed them.
fn is_current(program: &Path) -> Result<(), String> {
    let Some(list) = list_of_sources(program).map_err(|error| error.to_string())? else {
        return Ok(());
    };
    let (_, sources) = list.split_once(": ").ok_or("its sources are not listed")?;
    let sources = sources.lines().next().unwrap_or_default();
    let built = modified(program)?;
    // A space in a path has a backslash before it.
    let sources = sources.trim().replace("\\ ", "\0");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for source in sources.split(' ').map(|source| source.replace('\0', " ")) {
        if modified(&workspace.join(&source))? > built {
            return Err(format!("is older than {source}"));
        }
    }
    Ok(())
}

/// What the compiler writes beside the program that it has made, of which Cargo makes a link.
fn list_of_sources(program: &Path) -> io::Result<Option<String>> {
    let made = fs::metadata(program)?;
    for entry in fs::read_dir(program.with_file_name("deps"))? {
        let entry = entry?;
        let file = entry.metadata()?;
        if (file.dev(), file.ino()) == (made.dev(), made.ino()) {
            return fs::read_to_string(entry.path().with_extension("d")).map(Some);
        }
    }
    Ok(None)
}

fn modified(file: &Path) -> Result<SystemTime, String> {
    let modified = fs::metadata(file).and_then(|metadata| metadata.modified());
    modified.map_err(|error| format!("{}: {error}", file.display()))
}
