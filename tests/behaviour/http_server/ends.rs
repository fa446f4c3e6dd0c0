//! Ends at hyper's servers of HTTP/1 and HTTP/2.

use std::{
    fmt,
    future::{Future, pending},
    net::Ipv4Addr,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use osapi_metrics::instrumentation::http_server::{HttpServerService, OwnSet, ResponseBody};
use tokio::net::{TcpListener, TcpStream};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    bodies::{
        Opaque, TestBody, data, empty, endless, frames, frames_with_trailers, full,
        full_with_trailers, opaque, trailers,
    },
    ends, layer,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    Http1,
    Http2,
}

type Answer = Response<TestBody>;
type Wrapper = fn(TestBody) -> TestBody;
type Answering = Pin<Box<dyn Future<Output = Result<Answer, fmt::Error>> + Send>>;
type MakeAnswer = fn() -> Answering;

/// The service under the layer.
#[derive(Clone, Copy)]
struct Answerer(MakeAnswer);

impl Service<Request<Incoming>> for Answerer {
    type Response = Answer;
    type Error = fmt::Error;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), fmt::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Incoming>) -> Answering {
        (self.0)()
    }
}

/// What a client does with an answer.
#[derive(Clone, Copy, PartialEq)]
enum Client {
    ReadsAll,
    LeavesAfterTheFirstFrame,
    LeavesBeforeTheHead,
}

/// One request to a server of its own, on a connection of its own.
async fn request(
    case: &str,
    version: Version,
    method: Method,
    client: Client,
    answerer: Answerer,
    outermost: Wrapper,
) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service: HttpServerService<Answerer, _, _> = layer(case).layer(answerer);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service_fn(move |request| {
            let answer = service.clone().call(request);
            async move {
                // A wrapper outside of the layer.
                let wrapped = |body: ResponseBody<TestBody, OwnSet>| outermost(body.boxed_unsync());
                Ok::<_, fmt::Error>(answer.await?.map(wrapped))
            }
        });
        let server = auto::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
    });

    let uri = if method == Method::CONNECT { "localhost:1" } else { "http://localhost/" };
    let request = Request::builder().method(method).uri(uri);
    let request = request.header(header::HOST, "localhost").body(Empty::<Bytes>::new()).unwrap();
    let io = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let answer: Pin<Box<dyn Future<Output = hyper::Result<Response<Incoming>>> + Send>>;
    let connection = match version {
        Version::Http1 => {
            let (mut sender, connection) = http1::handshake(io).await.unwrap();
            answer = Box::pin(async move { sender.send_request(request).await });
            tokio::spawn(async move { connection.await.is_ok() })
        }
        Version::Http2 => {
            let connected = http2::handshake(TokioExecutor::new(), io).await;
            let (mut sender, connection) = connected.unwrap();
            // The connection stays, and only the stream is reset.
            let kept = sender.clone();
            answer = Box::pin(async move {
                let answer = sender.send_request(request).await;
                drop(sender);
                answer
            });
            tokio::spawn(async move {
                let _kept = kept;
                connection.await.is_ok()
            })
        }
    };
    match client {
        Client::ReadsAll => {
            if let Ok(answer) = answer.await {
                let _ = answer.into_body().collect().await;
            }
        }
        Client::LeavesAfterTheFirstFrame => {
            let mut body = answer.await.unwrap().into_body();
            assert!(body.frame().await.unwrap().unwrap().is_data());
            drop(body);
        }
        Client::LeavesBeforeTheHead => {
            let waiting = tokio::spawn(answer);
            while super::recorded(case).1 != Some(1.0) {
                tokio::task::yield_now().await;
            }
            waiting.abort();
        }
    }
    if version == Version::Http1 {
        connection.abort();
    }
}

/// Asserts the end of a request at both servers.
async fn assert_end(
    name: &str,
    method: Method,
    client: Client,
    answer: MakeAnswer,
    expected: &str,
) {
    for version in [Version::Http1, Version::Http2] {
        let wrappers: [(&str, Wrapper); 2] =
            [("bare", |body| body), ("wrapped", |body| Opaque(body).boxed_unsync())];
        for (wrapper, outermost) in wrappers {
            let case = format!("{name}/{version:?}/{wrapper}");
            let (method, answer) = (method.clone(), Answerer(answer));
            request(&case, version, method, client, answer, outermost).await;
            let recorded = ends(&case, 1).await;
            assert_eq!(recorded, [(expected.to_owned(), 1)].into(), "{case}");
        }
    }
}

fn ok(body: TestBody) -> Answering {
    Box::pin(async { Ok(Response::new(body)) })
}

fn with_status(status: StatusCode, body: TestBody) -> Answering {
    Box::pin(async move {
        let mut answer = Response::new(body);
        *answer.status_mut() = status;
        Ok(answer)
    })
}

#[tokio::test]
async fn a_body_that_was_read_whole_is_a_success() {
    let bodies: [(&str, MakeAnswer); 13] = [
        ("empty", || ok(empty())),
        ("full", || ok(full("abc"))),
        ("full-hidden", || ok(opaque(full("abc")))),
        ("chunks", || ok(frames([data("a"), data("b")]))),
        ("no-chunks", || ok(frames([]))),
        ("empty-chunks", || ok(frames([data(""), data("a"), data("")]))),
        ("trailers", || ok(frames([data("a"), trailers()]))),
        ("trailers-alone", || ok(frames([trailers()]))),
        ("trailers-hidden", || ok(opaque(frames([data("a"), trailers()])))),
        ("with-trailers", || ok(full_with_trailers("abc"))),
        ("with-trailers-hidden", || ok(opaque(full_with_trailers("abc")))),
        ("with-trailers-chunks", || ok(frames_with_trailers([data("a"), data("b")]))),
        ("declared", || {
            Box::pin(async {
                let length = Response::builder().header(header::CONTENT_LENGTH, 2);
                Ok(length.body(frames([data("a"), data("b")])).unwrap())
            })
        }),
    ];
    for (name, answer) in bodies {
        assert_end(name, Method::GET, Client::ReadsAll, answer, "200").await;
    }
}

#[tokio::test]
async fn an_answer_without_a_body_is_a_success_whatever_its_body_is() {
    let hidden = || ok(opaque(frames([data("a"), trailers()])));
    assert_end("head", Method::HEAD, Client::ReadsAll, hidden, "200").await;
    let no_content = || with_status(StatusCode::NO_CONTENT, opaque(frames([data("a")])));
    assert_end("no-content", Method::GET, Client::ReadsAll, no_content, "204").await;
    let not_modified = || with_status(StatusCode::NOT_MODIFIED, opaque(empty()));
    assert_end("not-modified", Method::GET, Client::ReadsAll, not_modified, "304").await;
    assert_end("connect", Method::CONNECT, Client::ReadsAll, || ok(opaque(empty())), "200").await;
}

#[tokio::test]
async fn a_status_of_the_server_is_the_failure_also_with_trailers() {
    let answer = || with_status(StatusCode::BAD_GATEWAY, frames([data("a"), trailers()]));
    assert_end("bad-gateway", Method::GET, Client::ReadsAll, answer, "502 502").await;
}

#[tokio::test]
async fn a_body_that_fails_is_a_failure() {
    let broken = || ok(frames([data("a"), Err(fmt::Error)]));
    assert_end("broken", Method::GET, Client::ReadsAll, broken, "200 body_error").await;
    let at_once = || ok(frames([Err(fmt::Error)]));
    assert_end("broken-at-once", Method::GET, Client::ReadsAll, at_once, "200 body_error").await;
    let failing = || -> Answering { Box::pin(async { Err(fmt::Error) }) };
    assert_end("no-answer", Method::GET, Client::ReadsAll, failing, "service_error").await;
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_request() {
    let client = Client::LeavesAfterTheFirstFrame;
    assert_end("left", Method::GET, client, || ok(endless()), "200 cancelled").await;
    let silent = || -> Answering { Box::pin(pending()) };
    let client = Client::LeavesBeforeTheHead;
    assert_end("left-early", Method::GET, client, silent, "cancelled").await;
}

#[tokio::test]
async fn a_protocol_that_was_switched_ended_with_the_head() {
    let case = "switched";
    let switching = || -> Answering {
        Box::pin(async {
            let mut answer = Response::new(opaque(empty()));
            *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            answer.headers_mut().insert(header::UPGRADE, "test".parse().unwrap());
            answer.headers_mut().insert(header::CONNECTION, "upgrade".parse().unwrap());
            Ok(answer)
        })
    };
    let (client, answerer) = (Client::ReadsAll, Answerer(switching));
    request(case, Version::Http1, Method::GET, client, answerer, |body| body).await;
    assert_eq!(ends(case, 1).await, [("101".to_owned(), 1)].into());
}
