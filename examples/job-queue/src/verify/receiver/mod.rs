//! A receiver of metrics over OTLP, in HTTP with JSON, which can be made to fail.

mod export;
mod fault;

pub(super) use export::Export;
pub(super) use fault::{Fault, FaultWindow, PASS, schedule};

use std::{
    collections::BTreeMap,
    future::pending,
    io::{self, Read as _},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse as _, Response},
    routing::post,
};
use flate2::read::GzDecoder;
use futures_util::{StreamExt as _, stream};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    task::{JoinHandle, yield_now},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// A receiver on a free port of the loopback, until it is dropped.
#[derive(Debug)]
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Ends requests without an answer.
    end: CancellationToken,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    fault: watch::Sender<Option<Fault>>,
    received: Mutex<Received>,
    end: CancellationToken,
}

/// What a receiver has received.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    /// The exports that it has accepted, in the order of their arrival.
    pub(super) exports: Vec<Export>,
    /// The requests that failed, by fault. Refused connections are not seen.
    pub(super) failed: BTreeMap<Fault, u64>,
    /// The mistake of a request that is not OTLP.
    pub(super) mistake: Option<String>,
}

/// The largest body; the program sends at most 4 MB.
const MAX_BODY: usize = 64 << 20;

/// The seconds of `Retry-After`.
const RETRY_SECONDS: u64 = 1;

/// How long open connections may go on after the listener is closed.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

impl Receiver {
    /// Starts a receiver that accepts everything.
    pub(super) fn start() -> io::Result<Self> {
        // The socket is bound and does not listen: it keeps the port while connections are refused.
        let port = socket((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = port.local_addr()?;
        let listener = socket(address)?.listen(128)?;
        let end = CancellationToken::new();
        let fault = watch::Sender::new(None);
        let shared = Shared { fault, received: Mutex::default(), end: end.clone() };
        let shared = Arc::new(shared);
        let server = tokio::spawn(serve(port, listener, Arc::clone(&shared)));
        Ok(Self { address, shared, end, server })
    }

    /// The endpoint of a push.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Fails from now on, or works again.
    pub(super) fn set(&self, fault: Option<Fault>) {
        self.shared.fault.send_replace(fault);
    }

    /// What it has received so far.
    pub(super) fn received(&self) -> Received {
        self.shared.lock(|received| received.clone())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.end.cancel();
        self.server.abort();
    }
}

impl Shared {
    fn lock<T>(&self, change: impl FnOnce(&mut Received) -> T) -> T {
        change(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A socket that shares its port with another one that does not listen.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Serves requests, except while connections are refused.
async fn serve(port: TcpSocket, mut listener: TcpListener, shared: Arc<Shared>) {
    let Ok(address) = port.local_addr() else { return };
    let mut faults = shared.fault.subscribe();
    let is_refused = |fault: &Option<Fault>| *fault == Some(Fault::Refused);
    loop {
        let closed = CancellationToken::new();
        let router = Router::new()
            .route("/v1/metrics", post(receive))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(Arc::clone(&shared));
        let served =
            axum::serve(listener, router).with_graceful_shutdown(closed.clone().cancelled_owned());
        let served = tokio::spawn(served.into_future());
        if faults.wait_for(is_refused).await.is_err() {
            return;
        }
        closed.cancel();
        let _ = timeout(CLOSE_LIMIT, served).await;
        if faults.wait_for(|fault| !is_refused(fault)).await.is_err() {
            return;
        }
        match socket(address).and_then(|socket| socket.listen(128)) {
            Ok(opened) => listener = opened,
            Err(error) => {
                let mistake = format!("{address} cannot be listened on again: {error}");
                return shared.lock(|received| received.mistake = Some(mistake));
            }
        }
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let arrived = SystemTime::now();
    let fault = *shared.fault.borrow();
    if let Some(fault) = fault {
        shared.lock(|received| *received.failed.entry(fault).or_default() += 1);
        return fail(fault, &shared.end).await;
    }
    match decoded(&headers, &body).and_then(|body| Export::read(&body, arrived)) {
        Ok(export) => {
            shared.lock(|received| received.exports.push(export));
            ([(CONTENT_TYPE, "application/json")], "{}").into_response()
        }
        Err(mistake) => {
            shared.lock(|received| received.mistake = Some(mistake.clone()));
            (StatusCode::BAD_REQUEST, mistake).into_response()
        }
    }
}

async fn fail(fault: Fault, end: &CancellationToken) -> Response {
    match fault {
        Fault::Unavailable | Fault::Refused => {
            let retry = [(RETRY_AFTER, RETRY_SECONDS.to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, retry).into_response()
        }
        Fault::TooManyRequests => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Fault::Silent => {
            // The client hangs up, and this future is dropped.
            let _ = end.run_until_cancelled(pending::<()>()).await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Fault::Cut => {
            let begin = stream::iter([Ok("{")]);
            let cut = begin.chain(stream::once(async {
                // The beginning is sent before the connection ends.
                yield_now().await;
                Err(io::Error::from(io::ErrorKind::BrokenPipe))
            }));
            let headers = [(CONTENT_TYPE, "application/json"), (CONTENT_LENGTH, "100")];
            (headers, Body::from_stream(cut)).into_response()
        }
    }
}

/// The body of a request without its compression.
fn decoded(headers: &HeaderMap, body: &Bytes) -> Result<Vec<u8>, String> {
    match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(body.to_vec()),
        Some(b"gzip") => {
            let mut decoded = Vec::new();
            let read = GzDecoder::new(&**body).take(MAX_BODY as u64).read_to_end(&mut decoded);
            read.map_err(|error| format!("the gzip of a request is damaged: {error}"))?;
            Ok(decoded)
        }
        Some(other) => Err(format!("the encoding `{}` is unknown", String::from_utf8_lossy(other))),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Client, Response};

    use super::*;

    const BODY: &str = r#"{"resourceMetrics": []}"#;

    async fn post(receiver: &Receiver) -> Result<Response, reqwest::Error> {
        let client = Client::builder().no_proxy().build().unwrap();
        client.post(format!("{}/v1/metrics", receiver.url())).body(BODY).send().await
    }

    #[tokio::test]
    async fn each_fault_is_one_and_is_counted() {
        let receiver = Receiver::start().unwrap();
        assert_eq!(post(&receiver).await.unwrap().status(), 200);
        receiver.set(Some(Fault::Unavailable));
        let answer = post(&receiver).await.unwrap();
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "1");
        receiver.set(Some(Fault::TooManyRequests));
        assert_eq!(post(&receiver).await.unwrap().status(), 429);
        receiver.set(Some(Fault::Cut));
        let answer = post(&receiver).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.bytes().await.is_err());
        receiver.set(Some(Fault::Silent));
        let silent = timeout(Duration::from_millis(50), post(&receiver)).await;
        assert!(silent.is_err(), "{silent:?}");
        receiver.set(None);
        assert_eq!(post(&receiver).await.unwrap().status(), 200);
        let all = receiver.received();
        assert_eq!((all.exports.len(), all.mistake), (2, None));
        let failed = Fault::ALL.map(|fault| all.failed.get(&fault).copied());
        assert_eq!(failed, [None, Some(1), Some(1), Some(1), Some(1)]);
    }

    #[tokio::test]
    async fn connections_are_refused_and_taken_again_on_the_same_port() {
        let receiver = Receiver::start().unwrap();
        for _ in 0..3 {
            assert_eq!(post(&receiver).await.unwrap().status(), 200);
            receiver.set(Some(Fault::Refused));
            let refused = async {
                loop {
                    match post(&receiver).await {
                        Err(error) => return error,
                        // The listener is about to be closed.
                        Ok(answer) => assert_eq!(answer.status(), 503),
                    }
                }
            };
            let error = timeout(Duration::from_secs(60), refused).await.unwrap();
            assert!(error.is_connect() || error.is_request(), "{error:?}");
            receiver.set(None);
            let accepted = async { while post(&receiver).await.is_err() {} };
            timeout(Duration::from_secs(60), accepted).await.unwrap();
        }
        assert_eq!(receiver.received().mistake, None);
    }

    #[tokio::test]
    async fn a_request_that_is_not_otlp_is_a_mistake() {
        let receiver = Receiver::start().unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/v1/metrics", receiver.url());
        let answer = client.post(url).body("<html>").send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert!(receiver.received().mistake.is_some());
    }
}
