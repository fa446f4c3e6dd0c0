//! The layer in an axum application, called directly and served over a socket.

use std::{
    convert::Infallible,
    future::ready,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
};

use axum::{
    Router,
    routing::{any, get, post},
};
use http::{Request, Response};
use http_body::Body;
use tower_layer::Stack;
use tower_service::Service;

use super::{
    sizes::{Sizes, sizes},
    support::{Script, Step, active, assert_ended, layer, now, poll_body},
};

/// Serves the application, on a runtime that runs as long as it is kept.
pub(super) fn serve(app: Router) -> (SocketAddr, tokio::runtime::Runtime) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener =
        runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(axum::serve(listener, app).into_future());
    (address, runtime)
}

pub(super) fn send(address: SocketAddr, method: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    stream
}

pub(super) fn body(steps: impl Into<Script>) -> axum::body::Body {
    axum::body::Body::new(steps.into())
}

#[test]
fn the_route_is_the_matched_one_and_never_the_path() {
    let mut app: Router =
        Router::new().route("/axum/{id}", get(|| async { "found" })).layer(layer());
    for path in ["/axum/1", "/axum/2", "/elsewhere/3"] {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        let mut body = now(app.call(request)).unwrap().into_body();
        while !body.is_end_stream() {
            assert!(poll_body(&mut body).is_ready());
        }
    }
    let labels = r#"http_request_method="GET",http_response_status_code="200""#;
    assert_ended("/axum/{id}", &[(labels, 2)]);
    for path in ["/axum/1", "/axum/2", "/elsewhere/3"] {
        assert_ended(path, &[]);
    }
}

#[test]
fn a_response_that_was_sent_whole_is_never_cancelled() {
    let sized = || {
        let response = Response::builder().header("content-length", 2);
        ready(response.body(body([Step::Data("a"), Step::Data("b")])).unwrap())
    };
    let app = Router::new()
        .route("/served/plain", any(|| async { "plain" }))
        .route("/served/chunked", any(|| ready(body([Step::Data("a"), Step::Data("b")]))))
        .route("/served/sized", any(sized))
        .route("/served/nothing", any(|| ready(http::StatusCode::NO_CONTENT)))
        .layer(layer());
    let (address, _runtime) = serve(app);

    for (route, status) in [
        ("/served/plain", 200),
        ("/served/chunked", 200),
        ("/served/sized", 200),
        ("/served/nothing", 204),
    ] {
        for method in ["GET", "HEAD", "POST"] {
            let mut answer = String::new();
            send(address, method, route).read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        }
        let labels = ["GET", "HEAD", "POST"].map(|method| {
            format!(r#"http_request_method="{method}",http_response_status_code="{status}""#)
        });
        let expected: Vec<_> = labels.iter().map(|labels| (labels.as_str(), 1)).collect();
        assert_ended(route, &expected);
    }
}

#[test]
fn bodies_keep_their_type_and_count_what_passed() {
    async fn echo(body: axum::body::Body) -> axum::body::Body {
        body
    }
    // The middleware takes only requests with axum's body.
    let middleware =
        axum::middleware::from_fn(|request, next: axum::middleware::Next| next.run(request));
    let app = Router::new()
        .route("/passed/streamed", post(echo))
        .route("/passed/echoed", post(echo))
        .route("/passed/ignored", post(|| async { "enough" }))
        .layer(Stack::new(middleware, layer()));
    let (address, _runtime) = serve(app);

    let chunked = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n";
    let sized = "content-length: 8\r\n\r\nabcdefgh";
    for (route, body, received, sent) in [
        ("/passed/streamed", chunked, 8, 8),
        ("/passed/echoed", sized, 8, 8),
        ("/passed/ignored", sized, 0, 6),
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("POST {route} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let expected = Sizes { requests: Some((1, received)), responses: Some((1, sent)) };
        assert_eq!(sizes(route), expected, "{route}: {answer}");
    }
}

#[test]
fn a_client_that_hangs_up_cancels_its_request() {
    let endless = || ready(Ok::<_, Infallible>(body([Step::Data("first"), Step::WaitForever])));
    let app = Router::new().route("/hung-up", any(endless)).layer(layer());
    let (address, _runtime) = serve(app);

    let mut stream = send(address, "OPTIONS", "/hung-up");
    let mut answer = Vec::new();
    while !answer.ends_with(b"first\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    assert_eq!(active("OPTIONS"), 1);

    drop(stream);
    while active("OPTIONS") != 0 {
        std::thread::yield_now();
    }
    let labels =
        r#"error_type="cancelled",http_request_method="OPTIONS",http_response_status_code="200""#;
    assert_ended("/hung-up", &[(labels, 1)]);
}
