//! Repeats one operation of an instrumentation as often as the arguments say, so that a tool
//! outside the program can count its instructions. `instructions.rs` of the library lists the
//! operations.

use std::{
    convert::Infallible,
    env,
    error::Error,
    future::{Ready, ready},
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{Request, Response};
use osapi_metrics::{
    Counter, Histogram, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
    instrumentation::{
        channel::channel,
        circuit_breaker::{CircuitBreaker, CircuitBreakerOptions},
        http_server::{HttpRoute, HttpServerMetrics, HttpServerRoles},
        process, tokio_runtime,
    },
};
use tokio::{runtime, sync::mpsc};
use tower_layer::Layer;
use tower_service::Service;

/// A set of a service, without labels.
#[derive(MetricSet)]
#[metric_set(prefix = "http", roles(of = HttpServerRoles))]
struct ServiceHttp {
    /// Requests that have ended.
    #[metric(unit = "{request}", on = requests)]
    requests_total: Counter,
    /// Time of requests.
    #[metric(
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        on = duration,
    )]
    request_duration_seconds: Histogram,
}

/// Answers every request with an empty body.
struct Answer;

impl Service<Request<String>> for Answer {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<String>) -> Self::Future {
        ready(Ok(Response::new(String::new())))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let operation = arguments.next().ok_or("the operation is missing")?;
    let times: u64 = arguments.next().ok_or("the number of repetitions is missing")?.parse()?;

    let mut config = MetricsConfig::default();
    config.enabled = true;
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install()?;
    match operation.as_str() {
        "message of a channel of tokio" => {
            let (sender, mut receiver) = mpsc::channel(8);
            repeat(times, |number| {
                assert!(sender.try_send(number).is_ok());
                assert_eq!(receiver.try_recv(), Ok(number));
            });
        }
        "message of an observed channel" => {
            let (sender, mut receiver) = channel(8, "bench");
            repeat(times, |number| {
                assert!(sender.try_send(number).is_ok());
                assert_eq!(receiver.try_recv(), Ok(number));
            });
        }
        "call through a closed breaker" => {
            let breaker = CircuitBreaker::new("bench", CircuitBreakerOptions::default());
            repeat(times, |_| {
                if let Ok(call) = breaker.try_begin() {
                    call.success();
                }
            });
        }
        "request" => requests(Answer, times),
        "request through the HTTP layer" => requests(metrics.http_layer().layer(Answer), times),
        "request through the HTTP layer, by roles" => {
            requests(metrics.http_layer_in::<HttpServerMetrics>().layer(Answer), times);
        }
        "request through the HTTP layer, in a set of its own" => {
            requests(metrics.http_layer_in::<ServiceHttp>().layer(Answer), times);
        }
        "scrape" => scrape(&metrics, times),
        "scrape with 20 channels and 3 breakers" => {
            let channels: Vec<_> =
                (0..20).map(|number| channel::<u64>(8, format!("channel-{number}"))).collect();
            let breakers = ["a", "b", "c"]
                .map(|name| CircuitBreaker::new(name, CircuitBreakerOptions::default()));
            scrape(&metrics, times);
            drop((channels, breakers));
        }
        "scrape with the process" => {
            let observations = process::observe()?;
            scrape(&metrics, times);
            drop(observations);
        }
        "scrape with a runtime of tokio" => {
            let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build()?;
            let observations = tokio_runtime::observe(runtime.handle());
            scrape(&metrics, times);
            drop(observations);
        }
        unknown => return Err(format!("there is no operation `{unknown}`").into()),
    }
    Ok(())
}

/// Requests with a route, whose response ends with its head.
fn requests<S: Service<Request<String>>>(mut service: S, times: u64) {
    let mut context = Context::from_waker(Waker::noop());
    repeat(times, |_| {
        let request = Request::get("/jobs/17").extension(HttpRoute::from_static("/jobs/{id}"));
        let Ok(request) = request.body(String::new()) else { return };
        let answer = pin!(service.call(request));
        assert!(answer.poll(&mut context).is_ready());
    });
}

fn scrape(metrics: &Metrics, times: u64) {
    repeat(times, |_| {
        black_box(metrics.render(Format::Text));
    });
}

/// The tool counts the instructions of this function by its name.
#[inline(never)]
fn repeat(times: u64, mut operation: impl FnMut(u64)) {
    for number in 0..times {
        operation(black_box(number));
    }
}
