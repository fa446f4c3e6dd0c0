//! Servers of other projects, started for a test on free ports of the loopback interface and killed
//! with it.
//!
//! The programs are searched in `PATH`; Debian's packages are `chromium`, `nats-server`,
//! `prometheus`, `prometheus-node-exporter`, `prometheus-pushgateway`, `postgresql` and
//! `redis-server`. Where a program is missing, a line names the test that was skipped, and the test
//! passes; `OSAPI_REQUIRE_SERVERS=1` makes a missing program a failure.

#[cfg(unix)]
mod browser;
mod nats;
mod node_exporter;
#[cfg(unix)]
mod podman;
#[cfg(unix)]
mod postgres;
mod process;
mod prometheus;
mod pushgateway;
#[cfg(unix)]
mod redis;

#[cfg(unix)]
pub use browser::Browser;
pub use nats::NatsServer;
pub use node_exporter::NodeExporter;
#[cfg(unix)]
pub use podman::PodmanService;
#[cfg(unix)]
pub use postgres::{postgres, postgres_with};
pub use process::ServerProcess;
pub use prometheus::{PrometheusServer, promtool};
pub use pushgateway::Pushgateway;
#[cfg(unix)]
pub use redis::{redis, redis_with};

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The longest time that a test waits for a server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A NATS server with `JetStream`; `None` where `nats-server` is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn nats() -> Option<NatsServer> {
    nats_with(&[])
}

/// Same as [`nats`], with further arguments.
///
/// # Panics
///
/// Same as [`nats`].
pub fn nats_with(arguments: &[&str]) -> Option<NatsServer> {
    program("nats-server").map(|program| NatsServer::start(program, arguments))
}

/// A Prometheus server with this configuration; `None` where `prometheus` is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn prometheus(config: &str) -> Option<PrometheusServer> {
    prometheus_with(config, &[])
}

/// [`prometheus`] with further arguments, such as `--enable-feature=exemplar-storage`.
///
/// # Panics
///
/// As [`prometheus`].
pub fn prometheus_with(config: &str, arguments: &[&str]) -> Option<PrometheusServer> {
    program("prometheus").map(|program| PrometheusServer::start(&program, config, arguments))
}

/// A node exporter that shows the files of this folder; `None` where `prometheus-node-exporter` is
/// missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn node_exporter(textfiles: &Path) -> Option<NodeExporter> {
    let program = program("prometheus-node-exporter")?;
    Some(NodeExporter::start(&program, textfiles))
}

/// A Pushgateway, with this content of its file for TLS and passwords; `None` where
/// `prometheus-pushgateway` is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn pushgateway(web_config: &str) -> Option<Pushgateway> {
    let program = program("prometheus-pushgateway")?;
    Some(Pushgateway::start(&program, web_config))
}

/// A browser; `None` where `chromium` is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
#[cfg(unix)]
pub fn browser() -> Option<Browser> {
    program("chromium").map(|program| Browser::start(&program))
}

/// The service of Podman; `None` where Podman is missing or cannot be used. It is never required:
/// whether containers run depends on the machine too.
#[cfg(unix)]
pub fn podman() -> Option<PodmanService> {
    let service = find("podman").ok_or_else(|| "is not installed".to_owned());
    let service = service.and_then(PodmanService::start);
    service.map_err(|reason| report_unfit("podman", &reason)).ok()
}

/// Reports that a test is skipped because a program does not work on this machine.
pub fn report_unfit(program: &str, reason: &str) {
    let reason = reason.lines().last().unwrap_or_default();
    report_skipped(&format!("{program} cannot be used ({reason})"));
}

/// The path of a program. Debian installs servers in `sbin`, which is not in every user's `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The path of a program, or a line that names the skipped test.
fn program(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        report_missing(name);
    }
    found
}

/// Reports that a test is skipped because a program is missing.
///
/// # Panics
///
/// If `OSAPI_REQUIRE_SERVERS` is 1.
pub fn report_missing(program: &str) {
    let required = env::var_os("OSAPI_REQUIRE_SERVERS");
    assert!(may_skip(required.as_deref()), "OSAPI_REQUIRE_SERVERS is 1, and there is no {program}");
    report_skipped(&format!("there is no {program}"));
}

/// Reports that a test is skipped for a reason that nothing rules out: a machine without some
/// hardware, or on which a program does not work.
pub fn report_skipped(reason: &str) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    // The output of `eprintln!` is only shown for tests that fail. One write keeps the line whole
    // among the lines of other tests.
    let line = format!("servers: {reason}, so `{test}` was skipped\n");
    let _ = io::stderr().write_all(line.as_bytes());
}

fn may_skip(required: Option<&OsStr>) -> bool {
    required.is_none_or(|required| required != "1")
}

/// Waits until `found` returns a value. Asks every few milliseconds, because another program does
/// not report when it is ready.
///
/// # Panics
///
/// With `what`, if there is no value within a minute.
fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_missing_program_is_skipped_unless_it_is_required() {
        for (required, skipped) in [(None, true), (Some("0"), true), (Some("1"), false)] {
            assert_eq!(may_skip(required.map(OsStr::new)), skipped, "{required:?}");
        }
    }

    #[test]
    fn nats_comes_back_where_it_was() {
        let Some(mut server) = nats() else { return };
        let address = server.address();
        server.kill();
        TcpStream::connect(address).expect_err("nobody listens");
        server.start_again();
        assert_eq!(server.address(), address);
        TcpStream::connect(address).expect("the server listens");
    }

    #[test]
    fn prometheus_answers_queries() {
        let Some(server) = prometheus("scrape_configs: []") else { return };
        assert_eq!(server.targets(), Vec::<serde_json::Value>::new());
        assert_eq!(server.number("vector(2) * 3"), Some(6.0));
        assert_eq!(server.number("nothing_of_that_name"), None);
    }
}
