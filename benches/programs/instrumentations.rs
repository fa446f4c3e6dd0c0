//! Repeats one operation of an instrumentation as often as the arguments say, so that a tool
//! outside the program can count its instructions. `instructions.rs` of the library lists the
//! operations.

use std::{
    env,
    error::Error,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
    instrumentation::{
        channel::channel,
        circuit_breaker::{CircuitBreaker, CircuitBreakerOptions},
        process,
        redis::ObservedConnection,
        tokio_runtime,
    },
};
use redis::{Cmd, Pipeline, RedisFuture, Value, aio::ConnectionLike};
use tokio::{runtime, sync::mpsc};

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
