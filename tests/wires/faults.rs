//! A collector that is absent, hangs or sends invalid answers: jobs go on, the failure is counted
//! and logged once, and the values arrive when the collector is back.

use std::{
    io::{self, Read, Write},
    net::TcpListener,
    thread,
    time::Duration,
};

use osapi_metrics::{
    Counter, InstallError, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpProtocol, Secret},
    instrumented_job,
};
use osapi_metrics_tests::{
    PROTOCOLS,
    logs::{await_line_about, lines_about, logs},
    otlp_receiver::{Behaviour, Export, OtlpReceiver},
    over_every_protocol, pushing_to,
};

use crate::beside_others;

#[derive(Clone, Debug, LabelSet)]
struct CaseLabels {
    #[label(max = 100)]
    case: String,
}

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "faults")]
struct FaultMetrics {
    /// Work done, by test case.
    #[metric(unit = "{piece}")]
    work_total: Counter<CaseLabels>,
}

#[instrumented_job(name = "faults.work")]
fn work(case: &str) -> Result<usize, io::Error> {
    FaultMetrics::global().work_total.with(CaseLabels { case: case.to_owned() }).inc();
    Ok(case.len())
}

fn install(config: MetricsConfig) -> Metrics {
    logs();
    Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
}

fn arrived(export: &Export, case: &str) -> Option<f64> {
    export.number("faults_work_total", &[("case", case)])
}

#[test]
fn a_collector_that_answers_nonsense() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for behaviour in [
            Behaviour::Status(400),
            Behaviour::Status(429),
            Behaviour::Status(500),
            Behaviour::Status(503),
            Behaviour::Garbage,
        ] {
            let case = format!("{protocol:?} {behaviour:?}");
            let receiver = OtlpReceiver::start();
            receiver.behave(behaviour);
            let metrics = install(pushing_to(&receiver.url(), protocol));

            for _ in 0..2 {
                assert_eq!(work(&case).unwrap(), case.len());
                metrics.flush().expect_err(&case);
            }
            receiver.behave(Behaviour::Accept);
            metrics.flush().unwrap_or_else(|error| panic!("{case}: {error}"));

            let export = receiver.await_export(|export| arrived(export, &case) == Some(2.0));
            let failed = export.number("osapi_metrics_exports_total", &[("outcome", "failed")]);
            assert!(failed >= Some(2.0), "{case}: {failed:?}");
            check_logs(&receiver.url(), &case, 2);
        }
    });
}

#[test]
fn a_collector_that_is_absent_and_comes_and_goes() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} absent");
        let address = OtlpReceiver::start().address();
        let url = format!("http://{address}");
        let metrics = install(pushing_to(&url, protocol));

        work(&case).unwrap();
        metrics.flush().expect_err(&case);

        let receiver = OtlpReceiver::start_at(address);
        metrics.flush().unwrap_or_else(|error| panic!("{case}: {error}"));
        receiver.await_export(|export| arrived(export, &case) == Some(1.0));
        check_logs(&url, &case, 1);

        drop(receiver);
        work(&case).unwrap();
        metrics.flush().expect_err(&case);
        let receiver = OtlpReceiver::start_at(address);
        metrics.flush().unwrap_or_else(|error| panic!("{case}: {error}"));
        receiver.await_export(|export| arrived(export, &case) == Some(2.0));
    });
}

#[test]
fn jobs_go_on_while_an_export_hangs() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} hang");
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Hang);
        let address = receiver.address();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.timeout = Duration::from_secs(3600);
        let metrics = install(config);

        thread::scope(|scope| {
            let flush = scope.spawn(|| metrics.flush());
            receiver.await_tries(1);
            for _ in 0..1000 {
                work(&case).unwrap();
            }
            assert!(!flush.is_finished(), "{case}: the export must still hang");
            // The end of the connection ends the export.
            drop(receiver);
            flush.join().unwrap().expect_err(&case);
        });

        let receiver = OtlpReceiver::start_at(address);
        metrics.flush().unwrap_or_else(|error| panic!("{case}: {error}"));
        receiver.await_export(|export| arrived(export, &case) == Some(1000.0));
    });
}

#[test]
fn a_hanging_export_is_cut_off() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} cut off");
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Hang);
        let mut config = pushing_to(&receiver.url(), protocol);
        // Enough for all series of this program, of which each export has every one.
        config.otlp.timeout = Duration::from_secs(2);
        let metrics = install(config);
        work(&case).unwrap();
        metrics.flush().expect_err(&case);
        receiver.behave(Behaviour::Accept);
        // The export of a flush that timed out may still run.
        while metrics.flush().is_err() {}
        receiver.await_export(|export| arrived(export, &case) == Some(1.0));
    });
}

/// The measure is what the exporter reads of an answer that never ends before it looks at the time.
#[test]
fn endless_informational_responses_do_not_stretch_the_time() {
    const MOST: usize = 24 * 1024 * 1024;
    let _others = beside_others();
    for protocol in [OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson] {
        let (url, sent) = flood(b"HTTP/1.1 102 Processing\r\n\r\n");
        let mut config = pushing_to(&url, protocol);
        config.otlp.timeout = Duration::from_millis(500);
        let metrics = install(config);
        metrics.flush().unwrap_err();
        let sent = sent.join().unwrap();
        assert!(sent < MOST, "{protocol:?}: {sent} bytes");
        metrics.shutdown_within(Duration::ZERO).unwrap_err();
    }
}

/// The messages arrive faster than they are read, so that the export never waits for one.
#[test]
fn endless_messages_over_grpc_do_not_stretch_the_time() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    receiver.behave(Behaviour::EndlessMessages);
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::Grpc);
    config.otlp.timeout = Duration::from_millis(500);
    let metrics = install(config);
    metrics.flush().unwrap_err();
    // Behind the last message it would be a success.
    let line = await_line_about(&receiver.url());
    assert!(line.contains("no answer within"), "{line}");
    receiver.behave(Behaviour::Accept);
    work("endless").unwrap();
    // The export of a flush that timed out may still run.
    while metrics.flush().is_err() {}
    receiver.await_export(|export| arrived(export, "endless") == Some(1.0));
}

/// A server that sends a piece again and again on its first connection. The thread returns the
/// bytes that were sent when the connection has ended.
fn flood(piece: &'static [u8]) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        // An answer before the request is another mistake.
        connection.read_exact(&mut [0; 16]).unwrap();
        let pieces = piece.repeat(4096);
        let mut sent = 0;
        while let Ok(written @ 1..) = connection.write(&pieces) {
            sent += written;
        }
        sent
    });
    (url, sent)
}

#[test]
fn a_connection_that_the_network_lost_is_replaced() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} lost");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.timeout = Duration::from_secs(1);
        let metrics = install(config);
        while metrics.flush().is_err() {}

        receiver.lose_connections();
        work(&case).unwrap();
        // The transport decides when it notices the loss.
        while metrics.flush().is_err() {}
        receiver.await_export(|export| arrived(export, &case) == Some(1.0));
    });
}

#[test]
fn shutdown_does_not_wait_for_a_hanging_collector() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Hang);
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.timeout = Duration::from_secs(3600);
        let metrics = install(config);
        metrics.shutdown_within(Duration::from_millis(100)).unwrap_err();
    });
}

#[test]
fn rejected_points_are_logged_and_counted() {
    let _others = beside_others();
    for protocol in PROTOCOLS {
        let receiver = OtlpReceiver::start();
        receiver.behave(Behaviour::Reject(7));
        let metrics = install(pushing_to(&receiver.url(), protocol));
        metrics.flush().unwrap();
        metrics.flush().unwrap();
        let mut lines = lines_about(&receiver.url());
        // Another test may have logged an outage at this port.
        lines.retain(|line| line.contains("points="));
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert!(lines[0].contains("points=7") && lines[0].contains("too old"), "{lines:#?}");
        // The second export reports the rejections of the first.
        receiver.await_export(|export| {
            export.number("osapi_metrics_rejected_points_total", &[]) >= Some(7.0)
        });
    }
}

/// The name of the header shows that the collector's text is there.
#[test]
fn a_header_that_a_collector_repeats_is_not_shown() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for behaviour in [Behaviour::Repeat, Behaviour::RejectAndRepeat] {
            let case = format!("{protocol:?} {behaviour:?}");
            let receiver = OtlpReceiver::start();
            receiver.behave(behaviour);
            let mut config = pushing_to(&receiver.url(), protocol);
            let value = Secret::from("Bearer hunter2-hunter2");
            config.otlp.headers.insert("authorization".to_owned(), value);
            let metrics = install(config);
            let flushed = metrics.flush();
            assert_eq!(flushed.is_err(), behaviour == Behaviour::Repeat, "{case}: {flushed:?}");
            let mut shown = lines_about(&receiver.url());
            shown.extend(flushed.err().map(|error| format!("{error} {error:?}")));
            assert!(!shown.is_empty(), "{case}");
            for text in shown {
                assert!(text.contains("authorization=Bearer <redacted>"), "{case}: {text}");
                assert!(!text.contains("hunter") && !text.contains("%68"), "{case}: {text}");
            }
        }
    });
}

#[test]
fn an_endpoint_that_cannot_work_is_an_error_at_the_start() {
    let _others = beside_others();
    for (url, expected) in [
        ("ftp://collector", "unknown scheme `ftp`"),
        ("http://user:hunter2@collector", "put them into `headers`"),
        ("http://", "is not a URL"),
    ] {
        let error = Metrics::builder()
            .config(pushing_to(url, OtlpProtocol::Grpc))
            .environment(Environment::default())
            .install()
            .unwrap_err();
        assert!(matches!(error, InstallError::Otlp(_)), "{url}: {error}");
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

/// Asserts that one line reports the outage and one line its end.
fn check_logs(url: &str, case: &str, missed: usize) {
    let lines = lines_about(url);
    assert_eq!(lines.len(), 2, "{case}: {lines:#?}");
    assert!(lines[0].contains("WARN") && lines[0].contains("cause="), "{case}: {lines:#?}");
    assert!(lines[1].contains("INFO"), "{case}: {lines:#?}");
    assert!(lines[1].contains(&format!("missed_exports={missed}")), "{case}: {lines:#?}");
}
