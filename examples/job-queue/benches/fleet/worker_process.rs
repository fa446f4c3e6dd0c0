//! The series of one real worker: the program itself, with Redis, after jobs of two services.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use osapi_common::redis::RedisOptions;
use osapi_metrics_tests::servers;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scrape::{get, samples};

/// The numbers of samples of one worker.
#[derive(Debug)]
pub(crate) struct WorkerSeries {
    /// With the label `worker_id`, by metric.
    pub(crate) labelled: BTreeMap<String, usize>,
    /// Without it, by the first word of the metric's name.
    pub(crate) others: BTreeMap<String, usize>,
    /// The bytes of a scrape, plain and compressed.
    pub(crate) bytes: (usize, usize),
}

/// Counts the samples of a worker; `None` where there is no Redis.
pub(crate) fn measure() -> Option<WorkerSeries> {
    let redis = servers::redis_with(&RedisOptions::default())?;
    let folder = TempDir::new().expect("a temporary folder");
    let url = redis.url();
    let api = Program::start(&["api", "--redis", &url], &folder);
    let api_url = format!("http://{}", api.address);
    let arguments = ["worker", "--redis", &url, "--api", &api_url, "--name", "job-queue-worker-0"];
    let worker = Program::start(&arguments, &folder);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime of tokio");
    runtime.block_on(run_jobs(&format!("{api_url}/jobs")));
    let text = String::from_utf8(get(worker.address, "/metrics", false)).expect("UTF-8");
    let bytes = (text.len(), get(worker.address, "/metrics", true).len());
    let (labelled, others) = (BTreeMap::new(), BTreeMap::new());
    let mut series = WorkerSeries { labelled, others, bytes };
    for line in samples(&text) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        if line.contains("worker_id=") {
            let family =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            *series.labelled.entry(family.unwrap_or(name).to_owned()).or_default() += 1;
        } else {
            // The metrics about metrics are a group of their own.
            let of_metrics = name.starts_with("osapi_metrics_").then_some("osapi_metrics");
            let word = of_metrics.or_else(|| name.split('_').next()).unwrap_or_default();
            *series.others.entry(word.to_owned()).or_default() += 1;
        }
    }
    Some(series)
}

/// Two services, two priorities, and each end once.
async fn run_jobs(url: &str) {
    let client = Client::builder().no_proxy().build().expect("a client without TLS");
    for (service, completes, fails) in [
        ("simulation", json!({"output_bytes": 1000}), json!({"fail": "memory"})),
        ("hash", json!({"text": "a text"}), json!({"url": "http://127.0.0.1:1/"})),
    ] {
        for priority in ["normal", "high"] {
            for payload in [&completes, &fails] {
                let body = json!({"service": service, "payload": payload, "priority": priority});
                let request = client.post(url).header("content-type", "application/json");
                let answer = request.body(body.to_string()).send().await.expect("an answer");
                let answer = read(answer).await;
                let id = answer["id"].as_str().unwrap_or_else(|| panic!("refused: {answer}"));
                let job = client.get(format!("{url}/{id}?wait=10s")).send().await;
                let job = read(job.expect("an answer")).await;
                assert!(["completed", "failed"].contains(&job["state"].as_str().unwrap_or("")));
            }
        }
    }
}

async fn read(answer: reqwest::Response) -> Value {
    let text = answer.text().await.expect("a whole body");
    serde_json::from_str(&text).expect("valid JSON")
}

/// A running `job-queue`, killed when it is dropped.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(arguments: &[&str], folder: &TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_job-queue"))
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .env("TMPDIR", folder.path())
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("job-queue can be started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let health = lines.by_ref().map_while(Result::ok).find(|line| line.contains("  health "));
        let health = health.expect("the addresses");
        let url = health.split_whitespace().nth(1).expect("an address");
        let address = url.trim_start_matches("http://").trim_end_matches("/health");
        let address = address.parse().expect("an address");
        // The rest of the output is read, so that the program never waits for a reader.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let program = Self { child, address };
        while !program.is_ready() {
            thread::sleep(Duration::from_millis(20));
        }
        program
    }

    fn is_ready(&self) -> bool {
        let url = format!("http://{}/health/ready", self.address);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime of tokio");
        runtime.block_on(async {
            let client = Client::builder().no_proxy().build().expect("a client without TLS");
            let answer = client.get(url).send().await;
            answer.is_ok_and(|answer| answer.status().is_success())
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Fails for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
