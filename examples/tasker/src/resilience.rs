//! What keeps the parts of tasker apart when the database fails: circuit breakers, tries until a
//! deadline, and a log without repetitions.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerState, CallError, CircuitBreaker, CircuitBreakerOptions,
};
use osapi_metrics_rules::excerpt::Excerpt;
use sqlx::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::metrics::{
    ApiBreakerMetrics, BreakerMetrics, Component, ComponentLabels, FfiBreakerMetrics,
};

/// The options of the breakers.
#[derive(Clone, Debug, Default)]
pub struct BreakerOptions {
    /// Of the API's database.
    pub web: CircuitBreakerOptions,
    /// Of the queries for steps that are ready.
    pub task_readiness: CircuitBreakerOptions,
    /// Of the operations on queues.
    pub pgmq: CircuitBreakerOptions,
    /// Of the completions that the handler thread sends.
    pub ffi_completion: CircuitBreakerOptions,
}

/// The circuit breakers of a process.
#[derive(Clone, Debug)]
pub struct Breakers {
    /// Of the API's database.
    pub web: CircuitBreaker,
    /// Of the queries for steps that are ready.
    pub task_readiness: CircuitBreaker,
    /// Of the operations on queues.
    pub pgmq: CircuitBreaker,
    /// Of the completions that the handler thread sends.
    pub ffi_completion: CircuitBreaker,
}

impl Breakers {
    /// Closed breakers.
    pub fn new(options: &BreakerOptions) -> Self {
        let of = |component, options: &CircuitBreakerOptions| {
            let labels = ComponentLabels { component };
            CircuitBreaker::new_in::<BreakerMetrics>(&labels, options.clone())
        };
        Self {
            web: CircuitBreaker::new_in::<ApiBreakerMetrics>(&(), options.web.clone()),
            task_readiness: of(Component::TaskReadiness, &options.task_readiness),
            pgmq: of(Component::Pgmq, &options.pgmq),
            ffi_completion: of(Component::FfiCompletion, &options.ffi_completion)
                .and_in::<FfiBreakerMetrics>(&()),
        }
    }

    /// Each breaker's name with its state.
    pub fn states(&self) -> [(&'static str, BreakerState); 4] {
        [
            ("web", self.web.state()),
            ("task_readiness", self.task_readiness.state()),
            ("pgmq", self.pgmq.state()),
            ("ffi_completion", self.ffi_completion.state()),
        ]
    }
}

/// The classes of SQLSTATE of a database that serves nobody: connection exceptions, insufficient
/// resources, operator intervention, system errors; no login, only reads, a table, function or
/// right that is missing, an object that is locked.
const UNAVAILABLE: [&str; 10] = ["08", "53", "57", "58", "28", "25", "3D", "3F", "42", "55"];

/// Whether an error says that the database is away, too slow, or not as tasker needs it, rather
/// than that a row or a request is wrong.
pub fn is_unavailable(error: &Error) -> bool {
    match error {
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => true,
        Error::Database(error) => {
            error.code().is_some_and(|code| UNAVAILABLE.iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}

/// The first and the longest wait between two tries.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Tries until `operation` succeeds, fails in a way that another try would repeat, the deadline has
/// passed, or the process stops. Tries through an open breaker wait until it lets one through.
///
/// # Errors
/// The error of the last try.
pub async fn persist<T, F>(
    breaker: &CircuitBreaker,
    deadline: Instant,
    stop: &CancellationToken,
    mut operation: impl FnMut() -> F,
) -> Result<T, CallError<Error>>
where
    F: Future<Output = Result<T, Error>>,
{
    let (mut wait, longest) = WAITS;
    loop {
        let error = match breaker.call_if(operation(), is_unavailable).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let wait_now = match &error {
            CallError::Open(open) => open.retry_after().unwrap_or(wait).clamp(wait, longest),
            CallError::Failed(error) if is_unavailable(error) => wait,
            CallError::Failed(_) => return Err(error),
        };
        if Instant::now() + wait_now >= deadline {
            return Err(error);
        }
        tokio::select! {
            () = stop.cancelled() => return Err(error),
            () = sleep(wait_now) => {}
        }
        wait = (wait * 2).min(longest);
    }
}

/// Logs a failure once, and its end once.
#[derive(Debug)]
pub struct ChangeLog {
    failure: &'static str,
    failing: bool,
}

impl ChangeLog {
    /// A log for something that goes on until it fails.
    pub fn new(failure: &'static str) -> Self {
        Self { failure, failing: false }
    }

    /// Logs a failure, unless the last try failed too.
    pub fn failed(&mut self, error: &impl Display) {
        if !self.failing {
            let error = error.to_string();
            warn!(error = %Excerpt::of_message(&error), "{}", self.failure);
        }
        self.failing = true;
    }

    /// Logs the end of a failure.
    pub fn recovered(&mut self) {
        if self.failing {
            info!("no longer: {}", self.failure);
        }
        self.failing = false;
    }
}
