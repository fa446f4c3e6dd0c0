//! The layer around a service of hyper's requests, whose bodies only hyper can make, served over a
//! socket.

use std::{
    convert::Infallible,
    future::Future,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    super::{HttpRoute, ResponseBody},
    sizes::{Sizes, sizes},
    support::{Answering, layer},
};

const SIZED: &str = "content-length: 8\r\n\r\nabcdefgh";
const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n";

type Answer = Result<Response<ResponseBody<Full<Bytes>>>, Infallible>;

/// Serves one connection, on a runtime that runs as long as it is kept.
fn serve<F>(
    answer: impl Fn(Request<Incoming>) -> F + Send + 'static,
) -> (SocketAddr, tokio::runtime::Runtime)
where
    F: Future<Output = Answer> + Send + 'static,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener =
        runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _ =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)).await;
    });
    (address, runtime)
}

fn post(address: SocketAddr, body: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nread"), "{answer}");
}

/// Reads the body, and gives the response the route.
async fn read<B: Body>(
    request: Request<B>,
    route: &'static str,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert!(request.into_body().collect().await.is_ok());
    let mut response = Response::new(Full::from("read"));
    response.extensions_mut().insert(HttpRoute::from_static(route));
    Ok(response)
}

#[test]
fn what_is_read_is_counted_where_the_service_takes_it() {
    for (route, body) in [("/hyper/counted", SIZED), ("/hyper/counted-chunks", CHUNKED)] {
        let counting = layer().counting_requests();
        let (address, _runtime) = serve(move |request| {
            let service = Answering(move |request| read(request, route));
            counting.layer(service).call(request)
        });
        post(address, body);
        let expected = Sizes { requests: Some((1, 8)), responses: Some((1, 4)) };
        assert_eq!(sizes(route), expected, "{route}");
    }
}

#[test]
fn what_is_declared_is_known_without_another_type() {
    for (route, body, known) in
        [("/hyper/declared", SIZED, Some((1, 8))), ("/hyper/undeclared", CHUNKED, None)]
    {
        let layer = layer();
        let (address, _runtime) = serve(move |request| {
            let service = Answering(move |request: Request<Incoming>| read(request, route));
            layer.layer(service).call(request)
        });
        post(address, body);
        let expected = Sizes { requests: known, responses: Some((1, 4)) };
        assert_eq!(sizes(route), expected, "{route}");
    }
}
