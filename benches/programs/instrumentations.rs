//! Repeats one operation of an instrumentation as often as the arguments say, so that a tool
//! outside the program can count its instructions. `instructions.rs` of the library lists the
//! operations.

use std::{
    convert::Infallible,
    env,
    error::Error,
    fs,
    future::{Ready, ready},
    hint::black_box,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixListener,
    pin::pin,
    process::id as process_id,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use fake_nvml::FakeDriver;
use http::{Request, Response};
use osapi_metrics::{
    Counter, Histogram, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
    instrumentation::{
        channel::channel,
        circuit_breaker::{CircuitBreaker, CircuitBreakerOptions},
        http_server::{HttpRoute, HttpServerMetrics, HttpServerRoles},
        docker::DockerOptions,
        gpu::GpuOptions,
        host, process,
        redis::ObservedConnection,
        tokio_runtime,
    },
};
use redis::{Cmd, Pipeline, RedisFuture, Value, aio::ConnectionLike};
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

/// The driver is read once.
const DAY: Duration = Duration::from_secs(24 * 3600);

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
        "command of Redis, answered at once" => commands(AtOnce, times),
        "observed command of Redis, answered at once" => {
            commands(ObservedConnection::new(AtOnce, "bench"), times);
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
        "scrape with 20 containers" => {
            let socket = env::temp_dir().join(format!("osapi-bench-{}.sock", process_id()));
            let engine = UnixListener::bind(&socket)?;
            thread::spawn(move || answer(engine));
            let observations = DockerOptions::new()
                .socket(&socket)
                .interval(Duration::from_secs(3600))
                .observe()?;
            while !metrics.render(Format::Text).contains("container_uptime_seconds{") {
                thread::yield_now();
            }
            fs::remove_file(socket)?;
            scrape(&metrics, times);
            drop(observations);
        }
        "scrape with 8 GPUs" => {
            let driver = FakeDriver::with_answers(answers_of_gpus(8))?;
            let options = GpuOptions::new().interval(DAY).library(driver.library());
            let observations = options.observe()?;
            while !metrics.render(Format::Text).contains("hw_status{") {
                thread::yield_now();
            }
            scrape(&metrics, times);
            drop(observations);
        }
        "scrape with the host" => {
            let observations = host::observe()?;
            scrape(&metrics, times);
            drop(observations);
        }
        "scrape with the host and the process" => {
            let observations = (host::observe()?, process::observe()?);
            scrape(&metrics, times);
            drop(observations);
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

/// A connection that answers without a server.
struct AtOnce;

impl ConnectionLike for AtOnce {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async { Ok(Value::Okay) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async { Ok(vec![Value::Okay; pipeline.len()]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

fn commands(mut connection: impl ConnectionLike, times: u64) {
    let mut get = redis::cmd("GET");
    get.arg("key");
    repeat(times, |_| {
        let mut answer = pin!(connection.req_packed_command(&get));
        let answer = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answer, Poll::Ready(Ok(Value::Okay))));
    });
}

/// GPUs that support every value.
fn answers_of_gpus(count: u32) -> String {
    let gpu = |index| {
        format!(
            "{index} uuid GPU-2f0a7ee0-5f2c-4e8c-9d0c-00000000000{index}\n\
             {index} name NVIDIA H200\n{index} utilization 37 12\n{index} encoder 0\n\
             {index} decoder 0\n{index} memory 150754820096 629145600 75377410048\n\
             {index} temperature 41\n{index} power 123456\n{index} energy 98765432100\n\
             {index} corrected 0\n{index} uncorrected 0\n"
        )
    };
    format!("driver count {count}\n{}", (0..count).map(gpu).collect::<String>())
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

/// The statistics of a container as Docker answers them, without the fields that are not read.
const STATISTICS: &str = r#"{"read":"2026-03-01T12:00:30.5Z","cpu_stats":{"cpu_usage":{
    "total_usage":999478000,"usage_in_kernelmode":870974000,"usage_in_usermode":128504000}},
    "memory_stats":{"usage":234647552,"stats":{"inactive_file":41287680},"limit":268435456},
    "networks":{"eth0":{"rx_bytes":1296,"tx_bytes":648}},
    "blkio_stats":{"io_service_bytes_recursive":[
        {"major":8,"minor":0,"op":"read","value":167936},
        {"major":8,"minor":0,"op":"write","value":4096}]}}"#;

/// An engine with 20 containers.
fn answer(engine: UnixListener) {
    for connection in engine.incoming() {
        let Ok(mut connection) = connection else { return };
        let mut request = String::new();
        for line in BufReader::new(&connection).lines().map_while(Result::ok) {
            if line.is_empty() {
                break;
            }
            request.push_str(&line);
        }
        let body = if request.starts_with("GET /containers/json") {
            let container = |number| {
                format!(r#"{{"Id":"{number}","Names":["/bench-{number}"],"Image":"bench:1"}}"#)
            };
            format!("[{}]", (0..20).map(container).collect::<Vec<_>>().join(","))
        } else if request.contains("/stats?") {
            STATISTICS.to_owned()
        } else {
            r#"{"State":{"StartedAt":"2026-03-01T12:00:00Z"}}"#.to_owned()
        };
        let length = body.len();
        let _ = write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
    }
}

/// The tool counts the instructions of this function by its name.
#[inline(never)]
fn repeat(times: u64, mut operation: impl FnMut(u64)) {
    for number in 0..times {
        operation(black_box(number));
    }
}
