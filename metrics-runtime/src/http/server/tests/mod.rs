//! A server over real sockets, with clients that take what they can.

mod half_closed;
mod refused;

use std::{
    convert::Infallible,
    future::{Future, pending},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::{
    body::{Body, Bytes, Frame, Incoming},
    upgrade,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    time::{Instant, timeout},
};
use tower_service::Service;

use super::{ListenError, Listener, Server, ServerLimits};

/// Longer than any step takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// Short, so that a test of a slow client does not take long.
const SHORT: Duration = Duration::from_millis(200);
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A service with a path for each behaviour.
#[derive(Clone, Default)]
struct Paths {
    /// A request to `/wait`, `/never` or `/stream` has begun.
    begun: Arc<Notify>,
    /// Lets a request to `/wait` end. Is notified when the body of `/stream` is dropped.
    go: Arc<Notify>,
}

impl Service<Request<Incoming>> for Paths {
    type Response = Response<TestBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<TestBody>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let Self { begun, go } = self.clone();
        Box::pin(async move {
            let mut response = Response::new(TestBody(Source::Text(Some("answer"))));
            match request.uri().path() {
                "/wait" => {
                    begun.notify_one();
                    go.notified().await;
                }
                "/never" => {
                    begun.notify_one();
                    pending::<()>().await;
                }
                "/read" => {
                    let collected = request.body_mut().collect().await;
                    if collected.is_err() {
                        *response.status_mut() = StatusCode::BAD_REQUEST;
                    }
                }
                "/stream" => {
                    *response.body_mut() = TestBody(Source::Endless(go));
                    begun.notify_one();
                }
                "/upgrade" => {
                    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                    response.headers_mut().insert("connection", "upgrade".parse().unwrap());
                    response.headers_mut().insert("upgrade", "echo".parse().unwrap());
                    *response.body_mut() = TestBody(Source::Text(None));
                    let upgraded = upgrade::on(&mut request);
                    tokio::spawn(async move {
                        let mut stream = TokioIo::new(upgraded.await.unwrap());
                        let mut byte = [0];
                        while stream.read_exact(&mut byte).await.is_ok() {
                            stream.write_all(&byte).await.unwrap();
                        }
                    });
                }
                _ => {}
            }
            Ok(response)
        })
    }
}

struct TestBody(Source);

enum Source {
    Text(Option<&'static str>),
    /// One piece after another. The end of the body is notified when it is dropped.
    Endless(Arc<Notify>),
}

impl Drop for TestBody {
    fn drop(&mut self) {
        if let Source::Endless(dropped) = &self.0 {
            dropped.notify_one();
        }
    }
}

impl Body for TestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let text = match &mut self.0 {
            Source::Text(text) => text.take(),
            Source::Endless(_) => Some("piece"),
        };
        Poll::Ready(text.map(|text| Ok(Frame::data(text.into()))))
    }
}

async fn serve(change: impl FnOnce(&mut ServerLimits)) -> (SocketAddr, Server, Paths) {
    let mut limits = ServerLimits::default();
    (limits.head_timeout, limits.idle_timeout) = (PATIENCE, PATIENCE);
    change(&mut limits);
    let paths = Paths::default();
    let listener = Listener::bind(ANY_PORT, limits).await.unwrap();
    let address = listener.address();
    (address, listener.serve(paths.clone()), paths)
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

async fn send(stream: &mut TcpStream, path: &str) {
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
}

/// Reads an answer whose body is `answer`, in one chunk.
async fn assert_answered(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    while !answer.ends_with(b"answer\r\n0\r\n\r\n") {
        let mut bytes = [0; 256];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&bytes[..read]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
}

/// Reads until the server closes the connection.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answers = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answers))
        .await
        .expect("the connection stays")
        .unwrap();
    String::from_utf8(answers).unwrap()
}

/// Waits for the end of a connection. Returns how long that took.
async fn end(stream: &mut TcpStream) -> Duration {
    let begin = Instant::now();
    let read = timeout(PATIENCE, stream.read(&mut [0; 1])).await.expect("the connection stays");
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    begin.elapsed()
}

#[tokio::test]
async fn a_client_that_says_nothing_is_disconnected() {
    let (address, _server, _) = serve(|limits| limits.head_timeout = SHORT).await;
    let mut silent = connect(address).await;
    assert!(end(&mut silent).await < PATIENCE);
}

#[tokio::test]
async fn a_head_that_drips_is_not_given_more_time() {
    let (address, _server, _) = serve(|limits| limits.head_timeout = SHORT).await;
    let begin = Instant::now();
    for first in [true, false] {
        let mut stream = connect(address).await;
        if !first {
            send(&mut stream, "/").await;
            assert_answered(&mut stream).await;
        }
        stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").await.unwrap();
        while timeout(SHORT / 20, stream.read(&mut [0; 1])).await.is_err() {
            assert!(begin.elapsed() < PATIENCE, "the connection is not given up");
            let _ = stream.write_all(b"x").await;
        }
    }
}

#[tokio::test]
async fn an_idle_connection_has_a_time_of_its_own() {
    let (address, _server, _) = serve(|limits| limits.idle_timeout = SHORT).await;
    let mut stream = connect(address).await;
    send(&mut stream, "/").await;
    assert_answered(&mut stream).await;
    assert!(end(&mut stream).await < PATIENCE);

    // The limit of heads does not touch a connection between its requests.
    let (address, _server, _) = serve(|limits| limits.head_timeout = SHORT).await;
    let mut stream = connect(address).await;
    for _ in 0..3 {
        send(&mut stream, "/").await;
        assert_answered(&mut stream).await;
        let ended = timeout(SHORT * 2, stream.read(&mut [0; 1])).await;
        assert!(ended.is_err(), "an idle connection was closed: {ended:?}");
    }
}

#[tokio::test]
async fn a_request_may_take_longer_than_its_head() {
    let (address, _server, paths) = serve(|limits| {
        (limits.head_timeout, limits.idle_timeout) = (SHORT, SHORT);
    })
    .await;
    let mut stream = connect(address).await;
    send(&mut stream, "/wait").await;
    let ended = timeout(SHORT * 3, stream.read(&mut [0; 1])).await;
    assert!(ended.is_err(), "a request was ended: {ended:?}");
    paths.go.notify_one();
    assert_answered(&mut stream).await;
}

#[tokio::test]
async fn a_service_keeps_the_connection_that_it_takes_and_its_place() {
    let (address, _server, _) = serve(|limits| {
        (limits.head_timeout, limits.idle_timeout) = (SHORT, SHORT);
        limits.max_connections = 1;
    })
    .await;
    let mut stream = connect(address).await;
    let head =
        "GET /upgrade HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer));

    let mut second = connect(address).await;
    send(&mut second, "/").await;
    let early = timeout(SHORT * 3, second.read(&mut [0; 1])).await;
    assert!(early.is_err(), "an answer while the only connection is taken: {early:?}");
    stream.write_all(b"x").await.unwrap();
    assert_eq!(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap(), b'x');
    drop(stream);
    assert_answered(&mut second).await;
}

#[tokio::test]
async fn silent_clients_beyond_the_limit_leave_after_their_time() {
    let (address, _server, _) = serve(|limits| {
        limits.head_timeout = SHORT;
        limits.max_connections = 50;
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(connect(address).await);
    }
    let mut stream = connect(address).await;
    send(&mut stream, "/").await;
    assert_answered(&mut stream).await;
}

#[tokio::test]
async fn a_server_that_is_stopped_lets_requests_finish_in_time() {
    let (address, server, paths) = serve(|_| {}).await;
    let (mut idle, mut waiting) = (connect(address).await, connect(address).await);
    send(&mut idle, "/").await;
    assert_answered(&mut idle).await;
    send(&mut waiting, "/wait").await;
    paths.begun.notified().await;
    let stopping = tokio::spawn(server.stop(PATIENCE));
    end(&mut idle).await;
    assert!(TcpStream::connect(address).await.is_err(), "the port is open");
    paths.go.notify_one();
    assert_answered(&mut waiting).await;
    timeout(PATIENCE, stopping).await.unwrap().unwrap();

    let (address, server, paths) = serve(|_| {}).await;
    let mut never = connect(address).await;
    send(&mut never, "/never").await;
    paths.begun.notified().await;
    timeout(PATIENCE, server.stop(Duration::ZERO)).await.unwrap();
    end(&mut never).await;
}

#[tokio::test]
async fn an_address_in_use_and_a_limit_out_of_range_are_errors() {
    let (address, _server, _) = serve(|_| {}).await;
    let error = Listener::bind(address, ServerLimits::default()).await.unwrap_err();
    assert!(matches!(error, ListenError::Address { .. }), "{error}");
    let limits = ServerLimits { max_connections: 0, ..ServerLimits::default() };
    let error = Listener::bind(ANY_PORT, limits).await.unwrap_err();
    assert!(matches!(error, ListenError::Limit(_)), "{error}");
}

#[test]
fn outside_a_runtime_is_an_error() {
    let mut binding = Box::pin(Listener::bind(ANY_PORT, ServerLimits::default()));
    let mut context = Context::from_waker(std::task::Waker::noop());
    let bound = Pin::new(&mut binding).poll(&mut context);
    assert!(matches!(bound, Poll::Ready(Err(ListenError::NoRuntime { .. }))), "{bound:?}");
}
