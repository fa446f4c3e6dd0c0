//! The endpoint over real sockets, in its own server and, with the feature, inside axum.

mod answers;
mod limits;
mod slow_clients;

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    future::Future,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use http::StatusCode;

use super::{Endpoint, ExplorerSource, MetricsSource, Server as HttpServer, ServerLimits, serve};
use crate::{
    config::{EndpointError, MetricsConfig},
    exposition::{Format, NameFilter, ScrapeFormat},
};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Longer than any step takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const PROTOBUF: &str = "Accept: application/vnd.google.protobuf;\
                        proto=io.prometheus.client.MetricFamily;encoding=delimited";
/// What the fixed source answers in the protobuf format.
const MESSAGES: &[u8] = b"\x03\x0a\x01\xff";
const OPENMETRICS: &str = "Accept: application/openmetrics-text; version=1.0.0";

/// A source with fixed answers.
struct FixedSource {
    render: Box<dyn Fn(Format) -> Result<String, String> + Send + Sync>,
    unready: Vec<String>,
}

impl Default for FixedSource {
    fn default() -> Self {
        Self { render: Box::new(|format| Ok(format!("# as {format:?}\n"))), unready: Vec::new() }
    }
}

impl MetricsSource for FixedSource {
    fn render(
        &self,
        format: ScrapeFormat,
        filter: &NameFilter,
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let ScrapeFormat::Text(format) = format else { return Ok(MESSAGES.to_vec()) };
        let mut text = (self.render)(format)?;
        if *filter != NameFilter::ALL {
            fmt::Write::write_fmt(&mut text, format_args!("# {filter:?}\n"))?;
        }
        Ok(text.into_bytes())
    }

    fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
        None
    }

    fn catalogue(&self) -> String {
        "{\"sets\":[]}".to_owned()
    }

    fn readiness(&self) -> Result<(), Vec<String>> {
        if self.unready.is_empty() { Ok(()) } else { Err(self.unready.clone()) }
    }
}

/// A running server, and the tokio runtime that it runs on.
struct Server {
    address: SocketAddr,
    handle: Option<HttpServer>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    fn own(endpoint: Endpoint) -> Self {
        Self::within(ServerLimits::default(), endpoint)
    }

    fn within(limits: ServerLimits, endpoint: Endpoint) -> Self {
        let runtime = runtime();
        let handle = runtime.block_on(serve(endpoint, ANY_PORT, limits)).unwrap();
        Self { address: handle.address(), handle: Some(handle), runtime: Some(runtime) }
    }

    #[cfg(feature = "axum")]
    fn inside_axum(endpoint: Endpoint) -> Self {
        let runtime = runtime();
        let listener = runtime.block_on(tokio::net::TcpListener::bind(ANY_PORT)).unwrap();
        let address = listener.local_addr().unwrap();
        let app: axum::Router = super::router(endpoint);
        runtime.spawn(axum::serve(listener, app).into_future());
        Self { address, handle: None, runtime: Some(runtime) }
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

impl Drop for Server {
    fn drop(&mut self) {
        // A rendering may be waiting for its test to end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
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
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
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

    /// Code and message of an answer that is an error.
    fn error(&self) -> (String, String) {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        let field = |name: &str| body["error"][name].as_str().unwrap().to_owned();
        (field("code"), field("message"))
    }
}

/// An endpoint with this configuration.
fn configured(
    source: Arc<dyn MetricsSource>,
    config: &MetricsConfig,
) -> Result<Endpoint, EndpointError> {
    Ok(Endpoint::prepare(config)?.start(source, ExplorerSource::default()))
}

fn endpoint(source: FixedSource) -> Endpoint {
    configured(Arc::new(source), &MetricsConfig::default()).unwrap()
}

/// A configuration with a token file of this content. The folder has to be kept.
fn protected_by(token: &str) -> (tempfile::TempDir, MetricsConfig) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, token).unwrap();
    (folder, MetricsConfig { bearer_token_file: Some(file), ..MetricsConfig::default() })
}
