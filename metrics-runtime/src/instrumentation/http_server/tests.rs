//! Each way in which a request can end, and the series that it ends in.
//!
//! The metrics are those of the process, so every test has a method, a status or a route that no other test uses.

use std::{
    collections::VecDeque,
    convert::Infallible,
    fmt,
    future::{Future, pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response, header::CONTENT_LENGTH};
use http_body::{Body, Frame};
use tower_layer::Layer;
use tower_service::Service;

use super::{HttpRoute, HttpServerLayer, HttpServerService, UrlScheme};
use crate::{config::Environment, exposition::Format, runtime::Metrics};

const DURATIONS: &str = "http_server_request_duration_seconds_count";
const ACTIVE: &str = "http_server_active_requests";
const TOTAL: &str = "http_server_request_total";

/// A service made of a closure.
pub(super) struct Answering<A>(pub(super) A);

impl<A, F, Q, B, E> Service<Request<Q>> for Answering<A>
where
    A: FnMut(Request<Q>) -> F,
    F: Future<Output = Result<Response<B>, E>>,
{
    type Response = Response<B>;
    type Error = E;
    type Future = F;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Q>) -> F {
        (self.0)(request)
    }
}

/// The layer under test. The runtime is on before anything is recorded, whatever other tests do.
pub(super) fn layer() -> HttpServerLayer {
    metrics().http_layer()
}

fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let builder = Metrics::builder().environment(Environment::default());
        builder.enabled(true).install().unwrap()
    })
}

pub(super) fn measured<A>(answer: A) -> HttpServerService<Answering<A>> {
    layer().layer(Answering(answer))
}

/// What a body does each time it is polled; at the end it is over.
pub(super) struct Script(VecDeque<Step>);

pub(super) enum Step {
    Data(&'static str),
    Wait,
    WaitForever,
    Fail,
    Panic,
}

impl<const N: usize> From<[Step; N]> for Script {
    fn from(steps: [Step; N]) -> Self {
        Self(steps.into())
    }
}

fn break_down<T>() -> T {
    panic!("a panic that this test provokes")
}

impl Body for Script {
    type Data = Bytes;
    type Error = fmt::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled<Bytes, fmt::Error> {
        match self.0.pop_front() {
            Some(Step::Data(text)) => Poll::Ready(Some(Ok(Frame::data(text.into())))),
            Some(Step::Wait) => Poll::Pending,
            Some(Step::WaitForever) => {
                self.0.push_front(Step::WaitForever);
                Poll::Pending
            }
            Some(Step::Fail) => Poll::Ready(Some(Err(fmt::Error))),
            Some(Step::Panic) => break_down(),
            None => Poll::Ready(None),
        }
    }
}

fn request(method: &str, route: &'static str) -> Request<String> {
    request_with(method, route, String::new())
}

pub(super) fn request_with<Q>(method: &str, route: &'static str, body: Q) -> Request<Q> {
    let request = Request::builder().method(method).uri("/jobs/17");
    let route = HttpRoute::from_static(route);
    request.extension(route).body(body).unwrap()
}

pub(super) fn response(status: u16, steps: impl Into<Script>) -> Response<Script> {
    let response = Response::builder().status(status);
    response.body(steps.into()).unwrap()
}

/// The result of a future that need not wait.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

pub(super) type Polled<D, E> = Poll<Option<Result<Frame<D>, E>>>;

pub(super) fn poll_body<B: Body + Unpin>(body: &mut B) -> Polled<B::Data, B::Error> {
    Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
}

/// The labels and values of the metric's series that have this label.
pub(super) fn series(metric: &str, label: &str) -> Vec<(String, u64)> {
    let text = metrics().render(Format::Text);
    let lines = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once('{')?;
        let (labels, value) = rest.rsplit_once("} ")?;
        let wanted = name == metric && labels.split(',').any(|it| it == label);
        wanted.then(|| (labels.to_owned(), value.parse().unwrap()))
    });
    lines.collect()
}

/// Asserts that requests ended in this many series of the route, and in these: `(labels, count)`.
#[track_caller]
pub(super) fn assert_ended(route: &str, expected: &[(&str, u64)]) {
    let mut ended = series(DURATIONS, &format!("http_route=\"{route}\""));
    for (labels, _) in &mut ended {
        // Sorted, and without what is the same in all of a test's series.
        let mut rest: Vec<_> = labels
            .split(',')
            .filter(|it| !it.starts_with("http_route=") && !it.starts_with("url_scheme="))
            .collect();
        rest.sort_unstable();
        *labels = rest.join(",");
    }
    ended.sort();
    let expected: Vec<_> =
        expected.iter().map(|&(labels, count)| (labels.to_owned(), count)).collect();
    assert_eq!(ended, expected);
}

/// Active requests of this method with the scheme `http`.
pub(super) fn active(method: &str) -> u64 {
    let series = series(ACTIVE, &format!("http_request_method=\"{method}\""));
    let plain = |(labels, _): &&(String, u64)| labels.contains("url_scheme=\"http\"");
    series.iter().find(plain).unwrap().1
}

#[test]
fn a_request_is_active_until_the_last_frame_of_its_body() {
    let route = "/streamed";
    let mut service = measured(|_| {
        ready(Ok::<_, Infallible>(response(209, [Step::Data("a"), Step::Wait, Step::Data("b")])))
    });
    let response = now(service.call(request("TRACE", route))).unwrap();
    let mut body = response.into_body();
    assert!(poll_body(&mut body).is_ready());
    assert!(poll_body(&mut body).is_pending());
    assert!(poll_body(&mut body).is_ready());
    assert_eq!(active("TRACE"), 1);
    assert_ended(route, &[]);

    assert!(matches!(poll_body(&mut body), Poll::Ready(None)));
    assert_eq!(active("TRACE"), 0);
    let labels = r#"http_request_method="TRACE",http_response_status_code="209""#;
    assert_ended(route, &[(labels, 1)]);
    drop(body);
    assert_ended(route, &[(labels, 1)]);
    let status = r#"http_response_status_code="209""#;
    let total = series(TOTAL, status);
    assert_eq!(total, [(labels.to_owned(), 1)]);
}

#[test]
fn a_body_of_known_length_ends_with_its_last_byte() {
    let route = "/known-length";
    let mut service = measured(|_| {
        let mut response = response(200, [Step::Data("ab"), Step::Data("c")]);
        response.headers_mut().insert(CONTENT_LENGTH, 3.into());
        ready(Ok::<_, Infallible>(response))
    });
    let response = now(service.call(request("GET", route))).unwrap();
    let mut body = response.into_body();
    assert!(poll_body(&mut body).is_ready());
    assert_ended(route, &[]);
    assert!(poll_body(&mut body).is_ready());
    let labels = r#"http_request_method="GET",http_response_status_code="200""#;
    assert_ended(route, &[(labels, 1)]);
}

#[test]
fn a_response_without_a_body_ends_with_its_head() {
    let route = "/bodiless";
    // Servers do not poll these bodies, and drop them.
    for (method, status) in [("HEAD", 200), ("CONNECT", 200), ("GET", 204), ("GET", 304)] {
        let mut service =
            measured(|_| ready(Ok::<_, Infallible>(response(status, [Step::Data("a")]))));
        drop(now(service.call(request(method, route))));
    }
    let mut empty = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    drop(now(empty.call(request("GET", route))));

    assert_ended(
        route,
        &[
            (r#"http_request_method="CONNECT",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="204""#, 1),
            (r#"http_request_method="GET",http_response_status_code="304""#, 1),
            (r#"http_request_method="HEAD",http_response_status_code="200""#, 1),
        ],
    );
}

#[test]
fn errors_of_the_service_and_of_the_body_are_told_apart() {
    let route = "/errors";
    let mut failing = measured(|_| ready(Err::<Response<Script>, _>(fmt::Error)));
    assert!(now(failing.call(request("GET", route))).is_err());

    let mut breaking = measured(|_| ready(Ok::<_, Infallible>(response(200, [Step::Fail]))));
    let response = now(breaking.call(request("GET", route))).unwrap();
    assert!(matches!(poll_body(&mut response.into_body()), Poll::Ready(Some(Err(_)))));

    assert_ended(
        route,
        &[
            (
                r#"error_type="body_error",http_request_method="GET",http_response_status_code="200""#,
                1,
            ),
            (r#"error_type="service_error",http_request_method="GET""#, 1),
        ],
    );
}

#[test]
fn only_the_servers_own_error_statuses_are_errors() {
    let route = "/statuses";
    for status in [200, 404, 503] {
        let mut service = measured(|_| ready(Ok::<_, Infallible>(response(status, []))));
        let response = now(service.call(request("GET", route))).unwrap();
        assert!(poll_body(&mut response.into_body()).is_ready());
    }
    assert_ended(
        route,
        &[
            (r#"error_type="503",http_request_method="GET",http_response_status_code="503""#, 1),
            (r#"http_request_method="GET",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="404""#, 1),
        ],
    );
}

#[test]
fn a_dropped_request_is_cancelled_and_no_longer_active() {
    let route = "/cancelled";
    let mut waiting = measured(|_| pending::<Result<Response<Script>, Infallible>>());
    let never_polled = waiting.call(request("PATCH", route));
    let mut polled = Box::pin(waiting.call(request("PATCH", route)));
    assert!(poll(polled.as_mut()).is_pending());

    let mut answering = measured(|_| {
        ready(Ok::<_, Infallible>(response(200, [Step::Data("a"), Step::WaitForever])))
    });
    let response = now(answering.call(request("PATCH", route))).unwrap();
    let mut half_read = response.into_body();
    assert!(poll_body(&mut half_read).is_ready());
    assert_eq!(active("PATCH"), 3);

    drop((never_polled, polled, half_read));
    assert_eq!(active("PATCH"), 0);
    assert_ended(
        route,
        &[
            (r#"error_type="cancelled",http_request_method="PATCH""#, 2),
            (
                r#"error_type="cancelled",http_request_method="PATCH",http_response_status_code="200""#,
                1,
            ),
        ],
    );
}

#[test]
fn a_panic_goes_on_and_is_recorded() {
    type Outcome = Result<Response<Script>, Infallible>;
    let route = "/panics";

    let mut calling = measured(|_| break_down::<std::future::Ready<Outcome>>());
    let call = catch_unwind(AssertUnwindSafe(|| now(calling.call(request("DELETE", route)))));
    assert!(call.is_err());

    let mut polling = measured(|_| async { break_down::<Outcome>() });
    let call = catch_unwind(AssertUnwindSafe(|| now(polling.call(request("DELETE", route)))));
    assert!(call.is_err());

    let mut streaming = measured(|_| ready(Outcome::Ok(response(200, [Step::Panic]))));
    let mut body = now(streaming.call(request("DELETE", route))).unwrap().into_body();
    // The panic is caught before the body is dropped, as by a layer that makes responses of panics.
    let frame = catch_unwind(AssertUnwindSafe(|| poll_body(&mut body).is_ready()));
    assert!(frame.is_err());
    drop(body);

    assert_eq!(active("DELETE"), 0);
    assert_ended(
        route,
        &[
            (r#"error_type="panicked",http_request_method="DELETE""#, 2),
            (
                r#"error_type="panicked",http_request_method="DELETE",http_response_status_code="200""#,
                1,
            ),
        ],
    );
}

#[test]
fn unknown_methods_are_one_series() {
    let route = "/methods";
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    for method in ["BREW", "get", "PROPFIND"] {
        drop(now(service.call(request(method, route))));
    }
    let labels = r#"http_request_method="_OTHER",http_response_status_code="200""#;
    assert_ended(route, &[(labels, 3)]);
}

#[test]
fn the_scheme_is_the_layers_or_else_the_uris() {
    let scheme = |layer: HttpServerLayer, uri: &str, route: &'static str| {
        let answer = |_| ready(Ok::<_, Infallible>(Response::new(String::new())));
        let mut service = layer.layer(Answering(answer));
        let mut request = request("GET", route);
        *request.uri_mut() = uri.parse().unwrap();
        drop(now(service.call(request)));
        let series = series(DURATIONS, &format!("http_route=\"{route}\""));
        let https = series[0].0.contains(r#"url_scheme="https""#);
        if https { "https" } else { "http" }
    };
    let layer = layer();
    assert_eq!(scheme(layer, "/jobs", "/scheme-1"), "http");
    assert_eq!(scheme(layer, "https://localhost/jobs", "/scheme-2"), "https");
    assert_eq!(scheme(layer, "gopher://localhost/jobs", "/scheme-3"), "http");
    let layer = layer.with_scheme(UrlScheme::Https);
    assert_eq!(scheme(layer, "http://localhost/jobs", "/scheme-4"), "https");
}

#[test]
fn the_responses_route_wins_over_the_requests() {
    let mut service = measured(|_| {
        let mut response = Response::new(String::new());
        response.extensions_mut().insert(HttpRoute::new("/routed/{id}"));
        ready(Ok::<_, Infallible>(response))
    });
    drop(now(service.call(request("GET", "/outer"))));
    assert_ended("/outer", &[]);
    let labels = r#"http_request_method="GET",http_response_status_code="200""#;
    assert_ended("/routed/{id}", &[(labels, 1)]);
}
