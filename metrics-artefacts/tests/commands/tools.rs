//! Programs of Prometheus. Where one is missing a line says what is skipped;
//! `OSAPI_REQUIRE_TOOLS=1` makes that a failure.

use std::{
    env, fs,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_metrics_artefacts::web;
use serde_json::Value;
use tempfile::TempDir;

/// The longest time that a test waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The path of a program, or a line that names the skipped test. Debian installs servers in `sbin`,
/// which is not in every user's `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders =
        env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        let is_required =
            env::var_os("OSAPI_REQUIRE_TOOLS").is_some_and(|required| required == "1");
        assert!(!is_required, "OSAPI_REQUIRE_TOOLS is 1, and there is no {name}");
        let test = thread::current().name().unwrap_or("a test").to_owned();
        // The output of `eprintln!` is only shown for tests that fail.
        let line = format!("tools: there is no {name}, so `{test}` was skipped\n");
        let _ = io::stderr().write_all(line.as_bytes());
    }
    found
}

/// The output of `promtool` in a folder; `None` where it is missing.
pub(crate) fn promtool(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let program = program("promtool")?;
    Some(Command::new(program).args(arguments).current_dir(folder).output().unwrap())
}

/// A Prometheus on a free port, killed when it is dropped.
pub(crate) struct Prometheus {
    address: SocketAddr,
    process: Child,
    folder: TempDir,
}

impl Prometheus {
    /// Starts one with this configuration, in whose folder these files are; `None` where the
    /// program is missing.
    pub(crate) fn start(config: &str, files: &[(&str, &str)]) -> Option<Self> {
        let program = program("prometheus")?;
        let folder = TempDir::new().unwrap();
        for (name, text) in files.iter().chain([&("prometheus.yml", config)]) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let (process, address) = spawn(&program, folder.path());
        let mut server = Self { address, process, folder };
        wait("prometheus is ready", || {
            if server.process.try_wait().unwrap().is_some() {
                // It cannot choose a free port itself, and another program has taken this port.
                let log = fs::read_to_string(server.folder.path().join("log")).unwrap();
                assert!(log.contains("address already in use"), "prometheus ended: {log}");
                (server.process, server.address) = spawn(&program, server.folder.path());
            }
            web::get(&format!("http://{}/-/ready", server.address)).ok()
        });
        Some(server)
    }

    /// The address, as in `http://127.0.0.1:9090`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The value of the only series in the result of an instant query.
    pub(crate) fn number(&self, query: &str) -> Option<f64> {
        let answer = self.api("query", &[("query", query)]);
        let series = answer["result"].as_array().unwrap();
        assert!(series.len() <= 1, "{query} gives several series: {series:#?}");
        series.first()?["value"][1].as_str()?.parse().ok()
    }

    /// The alerts that are pending or fire, each with `labels`, `annotations` and `state`.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        self.api("alerts", &[])["alerts"].as_array().unwrap().clone()
    }

    fn api(&self, call: &str, parameters: &[(&str, &str)]) -> Value {
        let url = format!("http://{}/api/v1/{call}", self.address);
        let answer = web::get_with(&url, parameters).unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()["data"].take()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("--- prometheus said:\n{log}---");
        }
    }
}

fn spawn(program: &Path, folder: &Path) -> (Child, SocketAddr) {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let process = Command::new(program)
        .arg(format!("--web.listen-address={address}"))
        .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg("--log.level=warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    (process.unwrap(), address)
}

/// Waits until `found` returns a value. Asks every few milliseconds, because another program does
/// not report when it is ready.
pub(crate) fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
