//! The layer in an axum application that records in a set of the service, read as Prometheus reads.

use std::{
    convert::Infallible,
    future::ready,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use axum::{
    Router,
    routing::{get, post},
};
use http::StatusCode;

use super::{
    super::HttpServerRoles,
    axum::{body, send, serve},
    support::{Step, assert_ended, break_down, metrics},
};
use crate::{Counter, Histogram, MetricSet, exposition::Format};

/// The requests of a service.
#[derive(MetricSet)]
#[metric_set(prefix = "http", roles(of = HttpServerRoles), crate = "crate")]
struct ServiceHttp {
    /// Requests that have ended.
    #[metric(unit = "{request}", on = requests)]
    requests_total: Counter,
    /// Time of requests.
    #[metric(
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        on = duration,
    )]
    request_duration_seconds: Histogram,
}

/// The longest time that the test waits for the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lines of the set's metrics, without the sum of the durations.
fn lines() -> Vec<String> {
    let text = metrics().render(Format::Text);
    let names = ["http_requests_total", "http_request_duration_seconds"];
    let of_set = |line: &&str| {
        let line = line.trim_start_matches("# HELP ").trim_start_matches("# TYPE ");
        names.iter().any(|name| line.starts_with(name)) && !line.contains("_sum ")
    };
    text.lines().filter(of_set).map(str::to_owned).collect()
}

fn has(line: &str) -> bool {
    lines().iter().any(|it| it == line)
}

/// Waits until a number of requests has ended.
#[track_caller]
fn ended(requests: u64) {
    let deadline = Instant::now() + PATIENCE;
    while !has(&format!("http_requests_total {requests}")) {
        assert!(Instant::now() < deadline, "{:#?}", lines());
        std::thread::yield_now();
    }
}

/// Sends a request and returns what comes back until the connection closes.
fn answer(address: SocketAddr, method: &str, path: &str) -> String {
    let mut answer = Vec::new();
    // The connection of a service that panics, or of a body that breaks, may be reset.
    let _ = send(address, method, path).read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_set_without_labels_has_every_request_once() {
    let endless = || ready(Ok::<_, Infallible>(body([Step::Data("first"), Step::WaitForever])));
    let app = Router::new()
        .route("/in-a-set/plain", get(|| async { "plain" }))
        .route("/in-a-set/echo", post(|body: axum::body::Body| ready(body)))
        .route("/in-a-set/failed", get(|| ready(StatusCode::INTERNAL_SERVER_ERROR)))
        .route("/in-a-set/streamed", get(|| ready(body([Step::Data("a"), Step::Data("b")]))))
        .route("/in-a-set/broken", get(|| ready(body([Step::Data("a"), Step::Fail]))))
        .route("/in-a-set/panicking", get(|| async { break_down::<&str>() }))
        .route("/in-a-set/endless", get(endless))
        .layer(metrics().http_layer_in::<ServiceHttp>());
    let (address, _runtime) = serve(app);

    assert!(has("http_requests_total 0"), "{:#?}", lines());

    let expected = [
        ("/in-a-set/plain", "HTTP/1.1 200 "),
        ("/in-a-set/failed", "HTTP/1.1 500 "),
        ("/in-a-set/streamed", "HTTP/1.1 200 "),
        // The server may drop the head of a response whose body breaks at once.
        ("/in-a-set/broken", ""),
        ("/in-a-set/panicking", ""),
        ("/in-a-set/nowhere", "HTTP/1.1 404 "),
    ];
    for (path, begin) in expected {
        let answer = answer(address, "GET", path);
        assert!(answer.starts_with(begin), "{path}: {answer}");
    }
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "POST /in-a-set/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    stream.write_all(format!("{request}Content-Length: 4\r\n\r\nback").as_bytes()).unwrap();
    let mut echo = String::new();
    stream.read_to_string(&mut echo).unwrap();
    assert!(echo.ends_with("\r\n\r\nback"), "{echo}");
    ended(7);

    // The client hangs up in the middle of a body.
    let mut stream = send(address, "GET", "/in-a-set/endless");
    let mut begun = Vec::new();
    while !begun.ends_with(b"first\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        begun.push(byte[0]);
    }
    assert!(has("http_requests_total 7"));
    drop(stream);
    ended(8);

    let lines = lines();
    let boundaries = lines.iter().filter_map(|line| {
        let rest = line.strip_prefix("http_request_duration_seconds_bucket{le=\"")?;
        Some(rest.split_once("\"} ")?.0)
    });
    assert_eq!(
        boundaries.collect::<Vec<_>>(),
        [
            "0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0",
            "+Inf",
        ]
    );
    for line in [
        "# TYPE http_requests_total counter",
        "http_requests_total 8",
        "# TYPE http_request_duration_seconds histogram",
        "http_request_duration_seconds_bucket{le=\"+Inf\"} 8",
        "http_request_duration_seconds_count 8",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line} is not among {lines:#?}");
    }
    // The layer records in this set instead of the shipped one.
    for (path, _) in expected {
        assert_ended(path, &[]);
    }
    assert_ended("/in-a-set/endless", &[]);
}
