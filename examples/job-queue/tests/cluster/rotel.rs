//! OTLP through a collector of another project: `rotel` passes on what job-queue sends, and the
//! numbers that arrive are those of a scrape.
//!
//! The collector is a package of Python; `OSAPI_PYTHON` is the Python that has it. Where it is
//! missing, a line says that the test was skipped; `OSAPI_REQUIRE_TOOLS=1` makes that a failure.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
};

use osapi_metrics_tests::{
    otlp_receiver::OtlpReceiver,
    scrape::{Format, scrape},
    servers::{ServerProcess, report_skipped},
};
use tempfile::TempDir;

use crate::{
    support::{Program, until},
    wires::{COMPLETED, Work, comparable, metrics, scraped_series, series, sum},
};

#[tokio::test(flavor = "multi_thread")]
async fn numbers_pass_a_collector_over_grpc() {
    numbers_pass_a_collector("grpc").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_pass_a_collector_over_http() {
    numbers_pass_a_collector("http/protobuf").await;
}

async fn numbers_pass_a_collector(protocol: &str) {
    let Some(agent) = agent() else { return };
    let receiver = OtlpReceiver::start();
    let rotel = Rotel::start(&agent, &receiver.url()).await;
    let endpoint = if protocol == "grpc" { rotel.grpc } else { rotel.http };
    let program = Program::start(
        &["--unworkable-after", "1h"],
        &[
            ("OTEL_METRICS_EXPORTER", "prometheus,otlp"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{endpoint}")),
            ("METRICS_COLLECTION_INTERVALS", "*=300ms"),
            ("METRICS_LABEL_MACHINE_ID", "machine-1"),
            ("METRICS_LABEL_WORKER_ID", "instance-1"),
        ],
    );
    let work = Work::begin(&program).await;
    let mut arrived = None;
    until("what has arrived is what a scrape shows", async || {
        let scraped = scrape(program.address(), "/metrics", Format::OpenMetrics);
        let Some(export) = receiver.exports().pop() else { return false };
        let agree = metrics().filter(|metric| metric.is_settled()).all(|metric| {
            comparable(&series(&export, metric)) == comparable(&scraped_series(&scraped, metric))
        });
        arrived = Some(export);
        agree
    })
    .await;
    let arrived = arrived.expect("an export");
    let completed = sum(&arrived, "jobs_processed_total", &[("status", "completed")]);
    assert_eq!(completed, Some(COMPLETED));
    assert!(sum(&arrived, "job_duration_seconds", &[]) > completed);
    for (attribute, value) in [
        ("service.name", "job-queue"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("host.id", "machine-1"),
        ("service.instance.id", "instance-1"),
    ] {
        assert_eq!(arrived.resource[attribute], value, "{:?}", arrived.resource);
    }
    work.end().await;
}

/// The path of the collector; `None` where it is missing.
fn agent() -> Option<PathBuf> {
    const FIND: &str = "import pathlib, rotel\n\
        print(pathlib.Path(rotel.__file__).parent / 'rotel-agent')";
    let python = env::var_os("OSAPI_PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(python).args(["-c", FIND]).output().ok();
    let found = found
        .filter(|found| found.status.success())
        .map(|found| PathBuf::from(String::from_utf8(found.stdout).expect("UTF-8").trim_end()));
    if found.is_none() {
        let required = env::var_os("OSAPI_REQUIRE_TOOLS").is_some_and(|required| required == "1");
        assert!(!required, "OSAPI_REQUIRE_TOOLS is 1, and there is no Python with rotel");
        report_skipped("there is no Python with rotel");
    }
    found
}

/// A running collector.
struct Rotel {
    grpc: SocketAddr,
    http: SocketAddr,
    process: ServerProcess,
    /// The last field, so that the collector ends before its folder is removed.
    _folder: TempDir,
}

impl Rotel {
    /// Starts it and waits until it listens. It passes each request on to the receiver over gRPC.
    async fn start(agent: &Path, receiver: &str) -> Self {
        loop {
            let mut rotel = Self::spawn(agent, receiver);
            let mut ended = false;
            until("rotel listens", async || {
                ended = rotel.process.ended().is_some();
                let listens = |address: &SocketAddr| TcpStream::connect(address).is_ok();
                ended || [rotel.grpc, rotel.http].iter().all(listens)
            })
            .await;
            if !ended {
                return rotel;
            }
            // It cannot choose free ports itself, and another program has taken one of them.
            let said = rotel.process.said().to_ascii_lowercase();
            assert!(said.contains("in use"), "rotel has ended: {said}");
        }
    }

    fn spawn(agent: &Path, receiver: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        // Both at the same time, so that they differ.
        let free = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port"));
        let [grpc, http] = free.map(|port| port.local_addr().expect("an address"));
        let mut command = ServerProcess::command(agent);
        command
            .arg("start")
            .arg("--pid-file")
            .arg(folder.path().join("rotel.pid"))
            .arg("--log-file")
            .arg(folder.path().join("rotel.log"))
            .args(["--otlp-grpc-endpoint", &grpc.to_string()])
            .args(["--otlp-http-endpoint", &http.to_string()])
            .args(["--disable-batching", "--exporter", "otlp"])
            .args(["--otlp-exporter-endpoint", receiver, "--otlp-exporter-protocol", "grpc"]);
        let process = ServerProcess::start(&mut command, folder.path().join("rotel.err"));
        Self { grpc, http, process, _folder: folder }
    }
}
