//! A runtime in the process that was split off, beside the one of the other process.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use osapi_metrics::{
    FlushError, Metrics,
    config::{Environment, ExplorerHistory, MetricsConfig, OtlpProtocol, OtlpTemporality},
    exposition::Format,
};
use osapi_metrics_tests::{
    logs::{lines_about, logs},
    otlp_receiver::OtlpReceiver,
    pushing_to,
};

use crate::{ForkedMetrics, child::Child, place, take_turn};

/// Things of a place in an export.
fn counted(receiver: &OtlpReceiver, name: &str) -> Vec<f64> {
    let exports = receiver.exports();
    let of = |export: &osapi_metrics_tests::otlp_receiver::Export| {
        export.number("forked_placed_total", &[("place", name)])
    };
    exports.iter().filter_map(of).collect()
}

fn install(receiver: &OtlpReceiver, protocol: OtlpProtocol) -> Metrics {
    let mut config = pushing_to(&receiver.url(), protocol);
    config.otlp.temporality = OtlpTemporality::Delta;
    Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
}

#[test]
fn a_process_installs_a_runtime_of_its_own() {
    let _turn = take_turn();
    drop(logs().lock());
    for protocol in [OtlpProtocol::Grpc, OtlpProtocol::HttpProtobuf] {
        let name = format!("{protocol:?} own");
        let receiver = OtlpReceiver::start();
        let mut installed = Some(install(&receiver, protocol));
        ForkedMetrics::global().placed_total.with(place(&name)).add(40);
        installed.as_ref().unwrap().flush().unwrap();
        let child = Child::run(|| {
            let metrics = installed.take().unwrap();
            ForkedMetrics::global().placed_total.with(place(&name)).add(2);
            let flushed = metrics.flush();
            assert!(matches!(flushed, Err(FlushError::Split { .. })), "{flushed:?}");
            assert!(metrics.render(Format::OpenMetrics).contains("forked_placed_total"));
            drop(metrics);

            let metrics = install(&receiver, protocol);
            let flushed = metrics.flush();
            assert!(flushed.is_ok(), "{flushed:?}");
            assert!(metrics.render(Format::OpenMetrics).contains("forked_placed_total"));
            assert!(metrics.provider().is_some());
            ForkedMetrics::global().placed_total.with(place(&name)).add(3);
            metrics.shutdown().unwrap();
            let warnings = lines_about("the metrics runtime was installed before this process");
            warnings.len().to_string()
        });
        assert_eq!(child.report(), "1", "{protocol:?}: one line of the log");
        // The other process goes on.
        ForkedMetrics::global().placed_total.with(place(&name)).add(1);
        installed.unwrap().shutdown().unwrap();
        assert_eq!(counted(&receiver, &name), [40.0, 2.0, 3.0, 1.0], "{protocol:?}");
    }
}

/// The thread of the explorer, and perhaps a lock of its history, are the other process's.
#[test]
fn a_process_that_was_split_says_that_its_explorer_is_elsewhere() {
    let _turn = take_turn();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.explorer = Some(true);
    config.explorer_history = ExplorerHistory::Always;
    let install = || {
        let builder = Metrics::builder().config(config.clone());
        builder.environment(Environment::default()).install().unwrap()
    };
    let mut installed = Some(install());
    let child = Child::run(|| {
        let metrics = installed.take().unwrap();
        let elsewhere = ["history", "live"].map(|path| answer(&metrics, path));
        drop(metrics);
        let own = answer(&install(), "history");
        [elsewhere[0].as_str(), &elsewhere[1], &own].join("\n---\n")
    });
    let report = child.report();
    let answers: Vec<_> = report.split("\n---\n").collect();
    for answer in &answers[..2] {
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("was split by fork()"), "{answer}");
    }
    assert!(answers[2].starts_with("HTTP/1.1 200"), "{}", answers[2]);
}

/// The answer to a request for a path below the metrics, from a server of this process.
fn answer(metrics: &Metrics, path: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = runtime.block_on(metrics.serve()).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("GET /metrics/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The usual way into the background: the process is split before there is a runtime.
#[test]
fn a_process_that_is_split_before_the_installation_is_not_concerned() {
    let _turn = take_turn();
    drop(logs().lock());
    ForkedMetrics::global().things_total.inc();
    let receiver = OtlpReceiver::start();
    let child = Child::run(|| {
        let metrics = install(&receiver, OtlpProtocol::HttpJson);
        ForkedMetrics::global().placed_total.with(place("background")).add(7);
        metrics.shutdown().unwrap();
        lines_about("the metrics runtime was installed before this process").len().to_string()
    });
    assert_eq!(child.report(), "0");
    assert_eq!(counted(&receiver, "background"), [7.0]);
}
