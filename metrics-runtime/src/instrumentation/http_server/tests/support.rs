//! A service, bodies and requests that do what a test says, and the series that they end in.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use tower_layer::Layer;
use tower_service::Service;

use super::super::{HttpRoute, HttpServerLayer, HttpServerService};
use crate::{Metrics, config::Environment, exposition::Format};

pub(super) const DURATIONS: &str = "http_server_request_duration_seconds_count";
const ACTIVE: &str = "http_server_active_requests";

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

/// The layer under test. The runtime is on before a value is recorded, in any order of the tests.
pub(super) fn layer() -> HttpServerLayer {
    metrics().http_layer()
}

pub(super) fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let builder = Metrics::builder().environment(Environment::default());
        builder.enabled(true).install().unwrap()
    })
}

pub(super) fn measured<A>(answer: A) -> HttpServerService<Answering<A>> {
    layer().layer(Answering(answer))
}

/// The steps of a body, one for each poll. The body ends with the last step.
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

pub(super) fn break_down<T>() -> T {
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

pub(super) fn request(method: &str, route: &'static str) -> Request<String> {
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

pub(super) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
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
        // Sorted, and without the labels that all series of a test share.
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
