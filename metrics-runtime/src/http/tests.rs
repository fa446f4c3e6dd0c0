//! The endpoint over real sockets, in its own server and, with the feature, inside axum.

use std::{
    collections::BTreeMap,
    error::Error,
    future::Future,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
};

use flate2::read::GzDecoder;

use http::StatusCode;

use super::{Endpoint, EndpointError, ServeError, ServerHandle, Source, serve};
use crate::exposition::Format;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const OPENMETRICS: &str = "Accept: application/openmetrics-text; version=1.0.0";

/// A source that is told what to say.
struct Fixed {
    render: Box<dyn Fn(Format) -> Result<String, String> + Send + Sync>,
    unready: Vec<String>,
}

impl Default for Fixed {
    fn default() -> Self {
        Self { render: Box::new(|format| Ok(format!("# as {format:?}\n"))), unready: Vec::new() }
    }
}

impl Source for Fixed {
    fn render(&self, format: Format) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok((self.render)(format)?)
    }

    fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
        None
    }

    fn readiness(&self) -> Result<(), Vec<String>> {
        if self.unready.is_empty() { Ok(()) } else { Err(self.unready.clone()) }
    }
}

/// A running server, and the tokio runtime that it runs on.
struct Server {
    address: SocketAddr,
    handle: Option<ServerHandle>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn own(endpoint: Endpoint) -> Self {
        let runtime = runtime();
        let (address, handle) = runtime.block_on(serve(endpoint, ANY_PORT)).unwrap();
        Self { address, handle: Some(handle), _runtime: runtime }
    }

    #[cfg(feature = "axum")]
    fn inside_axum(endpoint: Endpoint) -> Self {
        let runtime = runtime();
        let listener = runtime.block_on(tokio::net::TcpListener::bind(ANY_PORT)).unwrap();
        let address = listener.local_addr().unwrap();
        let app: axum::Router = super::router(endpoint);
        runtime.spawn(axum::serve(listener, app).into_future());
        Self { address, handle: None, _runtime: runtime }
    }

    fn all(endpoint: &Endpoint) -> Vec<Self> {
        vec![
            Self::own(endpoint.clone()),
            #[cfg(feature = "axum")]
            Self::inside_axum(endpoint.clone()),
        ]
    }

    fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Answer {
        Connection::to(self.address).ask(method, path, headers)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

struct Connection(BufReader<TcpStream>);

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Connection {
    fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[&str]) -> Answer {
        self.send(method, path, headers);
        self.answer(method)
    }

    fn send(&mut self, method: &str, path: &str, headers: &[&str]) {
        let mut request = Vec::new();
        write!(request, "{method} {path} HTTP/1.1\r\nHost: localhost\r\n").unwrap();
        for header in headers {
            write!(request, "{header}\r\n").unwrap();
        }
        request.extend(b"\r\n");
        self.0.get_mut().write_all(&request).unwrap();
    }

    fn answer(&mut self, method: &str) -> Answer {
        let status = self.line();
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if method == "HEAD" { 0 } else { length }];
        self.0.read_exact(&mut body).unwrap();
        Answer { status: status.split(' ').nth(1).unwrap().parse().unwrap(), headers, body }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Waits until the server closes the connection.
    fn end(mut self) {
        assert_eq!(self.0.read(&mut [0; 1]).unwrap(), 0);
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn endpoint(source: Fixed) -> Endpoint {
    Endpoint::new(Arc::new(source), "/metrics", None).unwrap()
}

#[test]
fn the_accept_header_chooses_the_format() {
    for server in Server::all(&endpoint(Fixed::default())) {
        let answer = server.ask("GET", "/metrics", &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text(), "# as Text\n");
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");

        let answer = server.ask("GET", "/metrics", &[OPENMETRICS]);
        assert_eq!(answer.text(), "# as OpenMetrics\n");
        assert_eq!(
            answer.header("content-type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );

        let lines = ["Accept: application/json", OPENMETRICS];
        let answer = server.ask("GET", "/metrics", &lines);
        assert_eq!(answer.text(), "# as OpenMetrics\n", "two header lines are one list");

        let answer = server.ask("GET", "/metrics", &["Accept: application/json"]);
        assert_eq!(answer.status, 406);
        assert!(answer.text().contains("version=0.0.4"));
        assert!(answer.text().contains("version=1.0.0"));
    }
}

#[test]
fn gzip_is_used_where_it_is_accepted() {
    for server in Server::all(&endpoint(Fixed::default())) {
        let plain = server.ask("GET", "/metrics", &[]);
        assert_eq!(plain.header("content-encoding"), "");

        let packed = server.ask("GET", "/metrics", &["Accept-Encoding: gzip"]);
        assert_eq!(packed.header("content-encoding"), "gzip");
        let mut unpacked = String::new();
        GzDecoder::new(packed.body.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.text());
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    for server in Server::all(&endpoint(Fixed::default())) {
        for path in ["/metrics", "/health", "/health/ready"] {
            let mut connection = Connection::to(server.address);
            let mut head = connection.ask("HEAD", path, &[]);
            // If a body followed, it would be read as the beginning of this answer.
            let mut get = connection.ask("GET", path, &[]);
            assert_eq!((head.status, get.status), (200, 200));
            assert_eq!(head.header("content-length"), get.body.len().to_string());
            head.headers.remove("date");
            get.headers.remove("date");
            assert_eq!(head.headers, get.headers);
        }
    }
}

#[test]
fn other_methods_are_refused() {
    for server in Server::all(&endpoint(Fixed::default())) {
        for path in ["/metrics", "/health", "/health/ready"] {
            for method in ["POST", "DELETE", "OPTIONS", "BREW"] {
                let answer = server.ask(method, path, &[]);
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.header("allow"), "GET, HEAD");
            }
        }
        assert_eq!(server.ask("GET", "/metrics/", &[]).status, 404);
        assert_eq!(server.ask("GET", "/metrics?name=x", &[]).status, 200);
    }
}

#[test]
fn a_token_protects_the_metrics_but_not_the_health() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "s3cret\n").unwrap();
    let source = Arc::new(Fixed::default());
    let endpoint = Endpoint::new(source, "/metrics", Some(&file)).unwrap();

    for server in Server::all(&endpoint) {
        for headers in [&[][..], &["Authorization: Bearer guess"]] {
            let answer = server.ask("GET", "/metrics", headers);
            assert_eq!(answer.status, 401);
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="metrics""#);
            assert!(!answer.text().contains("s3cret"));
        }
        let token = "Authorization: Bearer s3cret";
        assert_eq!(server.ask("GET", "/metrics", &[token]).status, 200);
        assert_eq!(server.ask("GET", "/health", &[]).status, 200);
        assert_eq!(server.ask("GET", "/health/ready", &[]).status, 200);
    }
}

#[test]
fn readiness_tells_its_reasons() {
    let unready = Fixed { unready: vec!["the broker is \"away\"".to_owned()], ..Fixed::default() };
    for server in Server::all(&endpoint(unready)) {
        let answer = server.ask("GET", "/health/ready", &[]);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("content-type"), "application/json");
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"status": "unavailable", "reasons": ["the broker is \"away\""]})
        );

        let answer = server.ask("GET", "/health", &[]);
        assert_eq!((answer.status, answer.text()), (200, r#"{"status":"ok"}"#));
    }
}

#[test]
fn a_failed_rendering_is_an_answer_too() {
    let failing = Fixed {
        render: Box::new(|format| match format {
            Format::Text => Err("the provider was shut down".to_owned()),
            Format::OpenMetrics => panic!("a panic that this test provokes"),
        }),
        ..Fixed::default()
    };
    for server in Server::all(&endpoint(failing)) {
        let mut connection = Connection::to(server.address);
        let answer = connection.ask("GET", "/metrics", &[]);
        assert_eq!(answer.status, 500);
        assert!(answer.text().contains("the provider was shut down"));

        assert_eq!(connection.ask("GET", "/metrics", &[OPENMETRICS]).status, 500);
        assert_eq!(connection.ask("GET", "/health", &[]).status, 200);
    }
}

#[test]
fn a_request_head_has_a_limit() {
    let server = Server::own(endpoint(Fixed::default()));
    let long = format!("X-Long: {}", "x".repeat(20_000));
    assert_eq!(server.ask("GET", "/metrics", &[&long]).status, 431);
}

#[test]
fn dropping_the_handle_lets_requests_finish_and_closes_the_port() {
    let (entered, rendering) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let released = Mutex::new(released);
    let slow = Fixed {
        render: Box::new(move |_| {
            entered.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            Ok("finished\n".to_owned())
        }),
        ..Fixed::default()
    };
    let mut server = Server::own(endpoint(slow));

    let mut idle = Connection::to(server.address);
    assert_eq!(idle.ask("GET", "/health", &[]).status, 200);
    let mut busy = Connection::to(server.address);
    busy.send("GET", "/metrics", &[]);
    rendering.recv().unwrap();

    server.handle.take();
    idle.end();
    assert!(TcpStream::connect(server.address).is_err());

    release.send(()).unwrap();
    assert_eq!(busy.answer("GET").text(), "finished\n");
    busy.end();
}

#[test]
fn a_port_in_use_is_named() {
    let server = Server::own(endpoint(Fixed::default()));
    let second = runtime().block_on(serve(endpoint(Fixed::default()), server.address));
    let error = second.unwrap_err();
    assert!(matches!(error, ServeError::Listen { address, .. } if address == server.address));
    let message = error.to_string();
    assert!(message.contains(&server.address.to_string()), "{message}");
    assert!(message.contains("telemetry.metrics.listen"), "{message}");
}

#[test]
fn serving_outside_a_runtime_is_an_error_and_no_panic() {
    let serving = pin!(serve(endpoint(Fixed::default()), ANY_PORT));
    let polled = serving.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Err(ServeError::NoRuntime { .. }))));
}

#[test]
fn unusable_settings_are_refused_before_anything_runs() {
    let with_path = |path: &str| Endpoint::new(Arc::new(Fixed::default()), path, None).err();
    for path in ["", "metrics", "/a b", "/{x}", "/a?b", "/*rest", "/é", "/%41"] {
        let error = with_path(path);
        assert!(matches!(error, Some(EndpointError::PathNotPlain { .. })), "{path}");
    }
    for path in ["/health", "/health/ready"] {
        assert!(matches!(with_path(path), Some(EndpointError::PathTaken { .. })));
    }
    assert!(with_path("/internal/metrics-v1.txt").is_none());

    let absent = Endpoint::new(Arc::new(Fixed::default()), "/metrics", Some(Path::new("/absent")));
    let message = absent.err().unwrap().to_string();
    assert!(message.contains("/absent"), "{message}");
    assert!(message.contains("telemetry.metrics.bearer_token_file"), "{message}");
}
