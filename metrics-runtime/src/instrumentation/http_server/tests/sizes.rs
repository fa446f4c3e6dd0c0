//! The bytes that each course of a request counts.
//!
//! All tests record in the metrics of the process, so every test has routes of its own.

use std::{
    convert::Infallible,
    fmt,
    future::ready,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header::CONTENT_LENGTH};
use http_body::{Body, Frame};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    super::RequestBody,
    support::{
        Answering, Polled, Script, Step, layer, measured, now, poll_body, request_with, response,
        series,
    },
};

/// The number of requests of a route that have a size, and the sum of the sizes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) requests: Option<(u64, u64)>,
    pub(super) responses: Option<(u64, u64)>,
}

pub(super) fn sizes(route: &str) -> Sizes {
    let route = format!("http_route=\"{route}\"");
    let of = |way: &str| {
        let sum = |sample: &str| {
            let metric = format!("http_server_{way}_body_size_bytes_{sample}");
            series(&metric, &route).into_iter().map(|(_, value)| value).reduce(|a, b| a + b)
        };
        sum("count").zip(sum("sum"))
    };
    Sizes { requests: of("request"), responses: of("response") }
}

/// A body that ends with trailers.
struct WithTrailers(Vec<Frame<Bytes>>);

impl WithTrailers {
    fn new(data: &'static str) -> Self {
        let trailers = HeaderMap::from_iter([(CONTENT_LENGTH, 1000.into())]);
        Self(vec![Frame::trailers(trailers), Frame::data(data.into())])
    }
}

impl Body for WithTrailers {
    type Data = Bytes;
    type Error = fmt::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled<Bytes, fmt::Error> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}

/// Takes up to so many frames, as a server that sends them does.
fn read<B: Body>(body: B, frames: usize) {
    let mut body = Box::pin(body);
    for _ in 0..frames {
        if let Poll::Ready(None) | Poll::Pending = poll_body(&mut body) {
            break;
        }
    }
}

#[test]
fn a_response_counts_what_was_taken_of_its_body() {
    let answers = [
        ("/sizes/whole", "GET", 200, 9, 5),
        ("/sizes/half", "GET", 200, 1, 2),
        ("/sizes/untouched", "GET", 200, 0, 0),
        ("/sizes/head", "HEAD", 200, 0, 0),
        ("/sizes/unmodified", "GET", 304, 0, 0),
    ];
    for (route, method, status, frames, expected) in answers {
        let mut service = measured(|_| {
            ready(Ok::<_, Infallible>(response(status, [Step::Data("ab"), Step::Data("cde")])))
        });
        let response = now(service.call(request_with(method, route, String::new()))).unwrap();
        read(response.into_body(), frames);
        assert_eq!(sizes(route).responses, Some((1, expected)), "{route}");
    }
}

#[test]
fn a_response_that_says_its_length_counts_its_last_frame() {
    let route = "/sizes/declared-response";
    let mut service = measured(|_| {
        let mut response = response(200, [Step::Data("ab"), Step::Data("cde")]);
        response.headers_mut().insert(CONTENT_LENGTH, 5.into());
        ready(Ok::<_, Infallible>(response))
    });
    let response = now(service.call(request_with("GET", route, String::new()))).unwrap();
    read(response.into_body(), 2);
    assert_eq!(sizes(route).responses, Some((1, 5)));
}

#[test]
fn a_body_that_breaks_counts_what_came_before() {
    let route = "/sizes/broken-response";
    let mut service =
        measured(|_| ready(Ok::<_, Infallible>(response(200, [Step::Data("abc"), Step::Fail]))));
    let response = now(service.call(request_with("GET", route, String::new()))).unwrap();
    read(response.into_body(), 9);
    assert_eq!(sizes(route).responses, Some((1, 3)));
}

#[test]
fn trailers_are_no_part_of_a_body() {
    let route = "/sizes/trailers";
    let mut service = layer().counting_requests().layer(Answering(
        |request: Request<RequestBody<WithTrailers>>| {
            read(request.into_body(), 9);
            ready(Ok::<_, Infallible>(Response::new(WithTrailers::new("four"))))
        },
    ));
    let request = request_with("POST", route, WithTrailers::new("three"));
    read(now(service.call(request)).unwrap().into_body(), 9);
    assert_eq!(sizes(route), Sizes { requests: Some((1, 5)), responses: Some((1, 4)) });
}

#[test]
fn a_request_without_a_response_has_no_size_of_one() {
    let route = "/sizes/no-response";
    let mut service = measured(|_| ready(Err::<Response<Script>, _>(fmt::Error)));
    assert!(now(service.call(request_with("GET", route, String::new()))).is_err());
    assert_eq!(sizes(route), Sizes { requests: Some((1, 0)), responses: None });
}

#[test]
fn a_counted_request_has_the_size_that_was_read() {
    let reads = [("/sizes/read", 9, 5), ("/sizes/read-in-part", 1, 2), ("/sizes/not-read", 0, 0)];
    for (route, frames, expected) in reads {
        let mut service = layer().counting_requests().layer(Answering(|request: Request<_>| {
            read(request.into_body(), frames);
            ready(Ok::<_, Infallible>(Response::new(String::new())))
        }));
        let body = Script::from([Step::Data("ab"), Step::Data("cde"), Step::Fail]);
        drop(now(service.call(request_with("POST", route, body))));
        assert_eq!(sizes(route).requests, Some((1, expected)), "{route}");
    }
}

#[test]
fn a_request_is_read_until_its_response_ends() {
    let route = "/sizes/both-ways";
    let kept = Arc::new(Mutex::new(None));
    let mut service = layer().counting_requests().layer(Answering({
        let kept = Arc::clone(&kept);
        move |request: Request<RequestBody<Script>>| {
            *kept.lock().unwrap() = Some(request.into_body());
            let answer = response(200, [Step::Data("a"), Step::Data("b")]);
            ready(Ok::<_, Infallible>(answer))
        }
    }));
    let body = Script::from([Step::Data("while"), Step::Data("after")]);
    let response = now(service.call(request_with("POST", route, body))).unwrap();
    let mut sent = response.into_body();
    let mut received = kept.lock().unwrap().take().unwrap();
    assert!(poll_body(&mut sent).is_ready());
    assert!(poll_body(&mut received).is_ready());
    assert_eq!(sizes(route), Sizes { requests: None, responses: None });

    read(sent, 9);
    assert!(poll_body(&mut received).is_ready());
    assert_eq!(sizes(route), Sizes { requests: Some((1, 5)), responses: Some((1, 2)) });
}

#[test]
fn a_request_that_is_not_counted_has_the_size_that_it_declares() {
    let route = "/sizes/declared";
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    drop(now(service.call(request_with("POST", route, "declared".to_owned()))));
    assert_eq!(sizes(route).requests, Some((1, 8)));

    let route = "/sizes/unknown";
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    drop(now(service.call(request_with("POST", route, Script::from([Step::Data("a")])))));
    assert_eq!(sizes(route), Sizes { requests: None, responses: Some((1, 0)) });
}

#[test]
fn a_counted_body_says_of_itself_what_the_given_one_says() {
    let mut service =
        layer().counting_requests().layer(Answering(|request: Request<RequestBody<String>>| {
            let body = request.into_body();
            let declared = (body.is_end_stream(), body.size_hint().exact());
            ready(Ok::<_, Infallible>(Response::new(format!("{declared:?}"))))
        }));
    for (body, expected) in [("", "(true, Some(0))"), ("abc", "(false, Some(3))")] {
        let request = request_with("POST", "/sizes/hints", body.to_owned());
        let mut answer = now(service.call(request)).unwrap().into_body();
        let Poll::Ready(Some(Ok(frame))) = poll_body(&mut answer) else { panic!("it answers") };
        assert_eq!(frame.into_data().unwrap(), expected);
    }
}
