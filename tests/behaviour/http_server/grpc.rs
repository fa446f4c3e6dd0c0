//! Ends at tonic's server, whose answers end with trailers.

use std::{
    convert::Infallible,
    future::Future,
    net::Ipv4Addr,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf, BufMut, Bytes};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use http::{Request, Response, uri::PathAndQuery};
use tokio::net::TcpListener;
use tonic::{
    Code, Status,
    body::Body,
    client,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder, Streaming},
    server::{self, NamedService},
    transport::{Channel, Endpoint, Server, server::TcpIncoming},
};
use tower_service::Service;

use super::{ends, layer};

/// Messages that are bytes.
#[derive(Clone, Copy)]
struct Plain;

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A service with a method for each end.
#[derive(Clone)]
struct Ends;

impl NamedService for Ends {
    const NAME: &'static str = "test.Ends";
}

impl Service<Request<Body>> for Ends {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Boxed<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut server = server::Grpc::new(Plain);
            let method = request.uri().path().trim_start_matches("/test.Ends/").to_owned();
            Ok(match &*method {
                "Echo" => server.unary(Method("Echo"), request).await,
                "Refuse" => server.unary(Method("Refuse"), request).await,
                "Many" => server.server_streaming(Method("Many"), request).await,
                "None" => server.server_streaming(Method("None"), request).await,
                "Break" => server.server_streaming(Method("Break"), request).await,
                "Endless" => server.server_streaming(Method("Endless"), request).await,
                "Both" => server.streaming(Method("Both"), request).await,
                _ => Status::unimplemented(method).into_http(),
            })
        })
    }
}

struct Method(&'static str);

impl server::UnaryService<Bytes> for Method {
    type Response = Bytes;
    type Future = Boxed<Result<tonic::Response<Bytes>, Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let refuse = self.0 == "Refuse";
        Box::pin(async move {
            let message = request.into_inner();
            if refuse {
                Err(Status::not_found("refused"))
            } else {
                Ok(tonic::Response::new(message))
            }
        })
    }
}

type Messages = BoxStream<'static, Result<Bytes, Status>>;

impl server::ServerStreamingService<Bytes> for Method {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = Boxed<Result<tonic::Response<Messages>, Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let message = request.into_inner();
        let messages = match self.0 {
            "Many" => stream::iter(vec![Ok(message); 3]).boxed(),
            "None" => stream::empty().boxed(),
            "Break" => stream::iter([Ok(message), Err(Status::data_loss("broken"))]).boxed(),
            _ => stream::iter([Ok(message)]).chain(stream::pending()).boxed(),
        };
        Box::pin(async { Ok(tonic::Response::new(messages)) })
    }
}

impl server::StreamingService<Bytes> for Method {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = Boxed<Result<tonic::Response<Messages>, Status>>;

    fn call(&mut self, request: tonic::Request<Streaming<Bytes>>) -> Self::Future {
        Box::pin(async { Ok(tonic::Response::new(request.into_inner().boxed())) })
    }
}

/// A client of a server whose requests are recorded for this case.
async fn client(case: &str) -> client::Grpc<Channel> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().layer(layer(case)).add_service(Ends);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await;
    let mut client = client::Grpc::new(channel.unwrap());
    client.ready().await.unwrap();
    client
}

fn message() -> tonic::Request<Bytes> {
    tonic::Request::new(Bytes::from_static(b"message"))
}

async fn unary(client: &mut client::Grpc<Channel>, method: &'static str) -> Result<Bytes, Code> {
    let answer = client.unary(message(), PathAndQuery::from_static(method), Plain).await;
    answer.map(tonic::Response::into_inner).map_err(|status| status.code())
}

async fn streaming(case: &str, method: &'static str) -> (Vec<Result<Bytes, Code>>, super::Ends) {
    let mut client = client(case).await;
    let answer = client.server_streaming(message(), PathAndQuery::from_static(method), Plain).await;
    let messages = answer.unwrap().into_inner();
    let messages = messages.map(|it| it.map_err(|status| status.code())).collect().await;
    (messages, ends(case, 1).await)
}

/// The ends of requests that were answered with the status 200, which all of gRPC's answers have.
fn answered(requests: u64) -> super::Ends {
    [("200".to_owned(), requests)].into()
}

#[tokio::test]
async fn unary_calls_end_with_their_status() {
    let case = "grpc/unary";
    let mut client = client(case).await;
    assert_eq!(unary(&mut client, "/test.Ends/Echo").await, Ok(Bytes::from_static(b"message")));
    client.ready().await.unwrap();
    assert_eq!(unary(&mut client, "/test.Ends/Refuse").await, Err(Code::NotFound));
    client.ready().await.unwrap();
    assert_eq!(unary(&mut client, "/test.Ends/Missing").await, Err(Code::Unimplemented));
    client.ready().await.unwrap();
    assert_eq!(unary(&mut client, "/test.Other/Missing").await, Err(Code::Unimplemented));
    assert_eq!(ends(case, 4).await, answered(4));
}

#[tokio::test]
async fn streams_end_with_their_status() {
    let sent = || Ok(Bytes::from_static(b"message"));
    let many = streaming("grpc/many", "/test.Ends/Many").await;
    assert_eq!(many, (vec![sent(); 3], answered(1)));
    let none = streaming("grpc/none", "/test.Ends/None").await;
    assert_eq!(none, (vec![], answered(1)));
    let broken = streaming("grpc/break", "/test.Ends/Break").await;
    assert_eq!(broken, (vec![sent(), Err(Code::DataLoss)], answered(1)));
}

#[tokio::test]
async fn a_stream_in_both_directions_ends_with_its_status() {
    let case = "grpc/both";
    let mut client = client(case).await;
    let messages = stream::iter(["a", "b"].map(Bytes::from));
    let path = PathAndQuery::from_static("/test.Ends/Both");
    let answer = client.streaming(tonic::Request::new(messages), path, Plain).await.unwrap();
    let echoed: Vec<_> = answer.into_inner().map(Result::unwrap).collect().await;
    assert_eq!(echoed, ["a", "b"]);
    assert_eq!(ends(case, 1).await, answered(1));
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_cancels_it() {
    let case = "grpc/endless";
    let mut client = client(case).await;
    let path = PathAndQuery::from_static("/test.Ends/Endless");
    let answer = client.server_streaming(message(), path, Plain).await.unwrap();
    let mut messages = answer.into_inner();
    assert!(messages.next().await.unwrap().is_ok());
    drop(messages);
    assert_eq!(ends(case, 1).await, [("200 cancelled".to_owned(), 1)].into());
}
