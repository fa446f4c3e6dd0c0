//! The program `prometheus`, and `promtool` from the same package.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{PATIENCE, ServerProcess, program, wait};

/// A Prometheus server on a free port, with its data in a temporary folder.
#[derive(Debug)]
pub struct PrometheusServer {
    address: SocketAddr,
    process: ServerProcess,
    /// The last field, so that the server ends before its folder is removed.
    folder: TempDir,
}

impl PrometheusServer {
    pub(super) fn start(program: &Path, config: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("prometheus.yml");
        fs::write(&file, config).expect("a file in a temporary folder");
        let (process, address) = spawn(program, folder.path(), &file, arguments);
        let mut server = Self { address, process, folder };
        wait("prometheus is ready", || {
            if server.process.ended().is_some() {
                // It cannot choose a free port itself, and another program has taken this port.
                let said = server.process.said();
                assert!(said.contains("address already in use"), "prometheus ended: {said}");
                (server.process, server.address) =
                    spawn(program, server.folder.path(), &file, arguments);
            }
            server.get("/-/ready").map(drop)
        });
        server
    }

    /// The address at which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The metrics of the server itself, in the text format.
    ///
    /// # Panics
    ///
    /// If Prometheus does not answer.
    pub fn own_metrics(&self) -> String {
        self.get("/metrics").expect("prometheus has metrics")
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The result of an instant query: a list of series, each with `metric` (the labels) and
    /// `value`.
    ///
    /// # Panics
    ///
    /// If Prometheus refuses the query.
    pub fn query(&self, query: &str) -> Vec<Value> {
        let answer = self.api(&format!("query?query={}", percent_encoded(query)));
        answer["result"].as_array().expect("a list of series").clone()
    }

    /// The value of the only series in the result of an instant query; `None` for an empty result.
    ///
    /// # Panics
    ///
    /// If Prometheus refuses the query, or there are several series.
    pub fn number(&self, query: &str) -> Option<f64> {
        let series = self.query(query);
        assert!(series.len() <= 1, "{query} gives several series: {series:#?}");
        let value = series.first()?["value"][1].as_str().expect("a value is a text");
        Some(value.parse().expect("a number"))
    }

    /// The result of a query for each step from a time until now: a list of series, each with
    /// `metric` (the labels) and `values`.
    ///
    /// # Panics
    ///
    /// If Prometheus refuses the query.
    pub fn query_range(&self, query: &str, from: SystemTime, step: Duration) -> Vec<Value> {
        let [from, now] = [from, SystemTime::now()].map(seconds);
        let step = step.as_secs_f64();
        let query = percent_encoded(query);
        let call = format!("query_range?query={query}&start={from}&end={now}&step={step}");
        self.api(&call)["result"].as_array().expect("a list of series").clone()
    }

    /// The exemplars of a query since a time: a list of series, each with `seriesLabels` and
    /// `exemplars`, which have `labels`, `value` and `timestamp`.
    ///
    /// # Panics
    ///
    /// If Prometheus refuses the query.
    pub fn query_exemplars(&self, query: &str, from: SystemTime) -> Vec<Value> {
        let [from, now] = [from, SystemTime::now()].map(seconds);
        let query = percent_encoded(query);
        let series = self.api(&format!("query_exemplars?query={query}&start={from}&end={now}"));
        series.as_array().expect("a list of series").clone()
    }

    /// The values of a label, of the series of a selector that were there since a time.
    ///
    /// # Panics
    ///
    /// If Prometheus refuses the selector.
    pub fn label_values(&self, label: &str, selector: &str, from: SystemTime) -> Vec<Value> {
        let (selector, from) = (percent_encoded(selector), seconds(from));
        let values = self.api(&format!("label/{label}/values?match[]={selector}&start={from}"));
        values.as_array().expect("a list of values").clone()
    }

    /// What the targets of a job announce of a metric family, each with `type`, `unit`, `help` and
    /// `target`. Empty for a family that no target has.
    ///
    /// # Panics
    ///
    /// If the answer is not JSON.
    pub fn metadata(&self, job: &str, family: &str) -> Vec<Value> {
        let target = percent_encoded(&format!("{{job=\"{job}\"}}"));
        let call = format!("/api/v1/targets/metadata?match_target={target}&metric={family}");
        // The answer is 404 if there is no such family.
        let Some(answer) = self.get(&call) else { return Vec::new() };
        let answer: Value = serde_json::from_str(&answer).expect("an answer in JSON");
        answer["data"].as_array().cloned().unwrap_or_default()
    }

    /// The targets that Prometheus scrapes now, each with `labels`, `health`, `lastError` and more.
    ///
    /// # Panics
    ///
    /// If Prometheus does not answer.
    pub fn targets(&self) -> Vec<Value> {
        let answer = self.api("targets?state=active");
        answer["activeTargets"].as_array().expect("a list of targets").clone()
    }

    /// The groups of rules, each with `name`, `file` and `rules`; an alerting rule has `state`.
    ///
    /// # Panics
    ///
    /// If Prometheus does not answer.
    pub fn rule_groups(&self) -> Vec<Value> {
        let answer = self.api("rules");
        answer["groups"].as_array().expect("a list of groups").clone()
    }

    fn api(&self, call: &str) -> Value {
        let answer = self.get(&format!("/api/v1/{call}"));
        let answer = answer.unwrap_or_else(|| panic!("prometheus refuses {call}"));
        let answer: Value = serde_json::from_str(&answer).expect("an answer in JSON");
        answer["data"].clone()
    }

    /// The body of a successful response. In HTTP 1.0 the body ends with the connection.
    fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1);
        (status == Some("200")).then(|| body.to_owned())
    }
}

fn spawn(
    program: &Path,
    folder: &Path,
    config: &Path,
    arguments: &[&str],
) -> (ServerProcess, SocketAddr) {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
    let address = free.expect("a free port");
    let mut command = ServerProcess::command(program);
    command
        .arg(format!("--web.listen-address={address}"))
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg("--log.level=warn")
        .args(arguments);
    (ServerProcess::start(&mut command, folder.join("prometheus.log")), address)
}

/// The output of `promtool` with these arguments; `None` where the program is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or cannot be run.
pub fn promtool(arguments: &[&str]) -> Option<Output> {
    let program = program("promtool")?;
    let output = Command::new(program).args(arguments).output();
    Some(output.expect("promtool can be run"))
}

/// The seconds since the epoch.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs_f64()
}

fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").expect("a text takes everything");
        }
        encoded
    })
}
