//! What keeps the parts of tasker apart when the database fails: circuit breakers, tries until a
//! deadline, and the health of the database.

mod health;
mod panics;
mod probe;
mod uses;

pub use health::DatabaseHealth;
pub use panics::without_panic;
pub use probe::{Probe, Rights};
pub use uses::Use;

use std::{
    io,
    time::{Duration, Instant},
};

use humantime::format_duration;
use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerState, CallError, CircuitBreaker, CircuitBreakerOptions,
};
use sqlx::Error;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::uses::UseBreaker;
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

/// The circuit breakers of a process, and what is known of the database behind them.
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
    /// Whether the process can do with the database what it has to do.
    pub health: DatabaseHealth,
    /// The failures of each [`Use`] in a row after which it counts as failing.
    thresholds: [u32; 3],
    /// The longest time that a use may take.
    limit: Duration,
}

impl Breakers {
    /// Closed breakers. A use of the database that takes longer than `limit` has failed.
    pub fn new(options: &BreakerOptions, limit: Duration) -> Self {
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
            health: DatabaseHealth::default(),
            thresholds: [&options.web, &options.task_readiness, &options.pgmq]
                .map(|options| options.failure_threshold.get()),
            limit,
        }
    }

    /// Uses the database through the breaker of this use. A failure of the database counts for its
    /// health too, where a breaker sees the successes of other uses between those of one that
    /// fails.
    ///
    /// # Errors
    /// The breaker is open, or the database failed or has not answered.
    pub fn call<T>(
        &self,
        to: Use,
        operation: impl Future<Output = Result<T, Error>>,
    ) -> impl Future<Output = Result<T, CallError<Error>>> {
        self.call_within(self.limit, to, operation)
    }

    /// The same, for a use that has another limit.
    ///
    /// # Errors
    /// The breaker is open, or the database failed or has not answered.
    pub fn call_within<T>(
        &self,
        limit: Duration,
        to: Use,
        operation: impl Future<Output = Result<T, Error>>,
    ) -> impl Future<Output = Result<T, CallError<Error>>> {
        // Boxed, because a transaction is large.
        let operation = Box::pin(without_panic(operation));
        let limited = async move {
            timeout(limit, operation).await.unwrap_or_else(|_| Err(no_answer_within(limit)))
        };
        async move {
            let breaker = self.breaker(to);
            let called = breaker.call_if(limited, is_unavailable).await;
            match &called {
                Err(CallError::Open(_)) => self.health.still(to),
                Err(CallError::Failed(error)) if is_unavailable(error) => {
                    let threshold = match breaker.state() {
                        BreakerState::Open => 1,
                        _ => self.thresholds[to.breaker() as usize],
                    };
                    self.health.failed(to, error, threshold);
                }
                Ok(_) | Err(CallError::Failed(_)) => self.health.succeeded(to),
            }
            called
        }
    }

    fn breaker(&self, to: Use) -> &CircuitBreaker {
        match to.breaker() {
            UseBreaker::Web => &self.web,
            UseBreaker::TaskReadiness => &self.task_readiness,
            UseBreaker::Pgmq => &self.pgmq,
        }
    }

    /// The reason why the process is not ready.
    ///
    /// # Errors
    /// The reason.
    pub fn readiness(&self) -> Result<(), String> {
        if let Some(problem) = self.health.problem() {
            return Err(problem);
        }
        let of_database = [&self.web, &self.task_readiness, &self.pgmq];
        if of_database.iter().any(|breaker| breaker.state() == BreakerState::Open) {
            return Err("the database has failed several times".to_owned());
        }
        Ok(())
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
        // The server's answer leaves open whether a transaction has begun.
        | Error::BeginFailed
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => true,
        Error::Database(error) => {
            error.code().is_some_and(|code| UNAVAILABLE.iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}

/// The error of a database that is silent.
pub fn no_answer_within(limit: Duration) -> Error {
    let message = format!("the database has not answered within {}", format_duration(limit));
    io::Error::new(io::ErrorKind::TimedOut, message).into()
}

/// The first and the longest wait between two tries.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Tries until `operation` succeeds, fails in a way that another try would repeat, the deadline has
/// passed, or the process stops. Tries through an open breaker wait until it lets one through.
///
/// # Errors
/// The error of the last try.
pub async fn persist<T, F>(
    breakers: &Breakers,
    to: Use,
    deadline: Instant,
    stop: &CancellationToken,
    mut operation: impl FnMut() -> F,
) -> Result<T, CallError<Error>>
where
    F: Future<Output = Result<T, Error>>,
{
    let (mut wait, longest) = WAITS;
    loop {
        let error = match breakers.call(to, operation()).await {
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
