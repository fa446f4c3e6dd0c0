//! Circuit breakers, and the metrics of their states and calls.
//!
//! A [`CircuitBreaker`] stands before a dependency that can fail. After several failures in a row
//! it rejects calls for a while, then lets a few through to see whether the dependency works again:
//!
//! ```
//! use osapi_metrics::instrumentation::circuit_breaker::{
//!     BreakerState, CallError, CircuitBreaker, CircuitBreakerOptions,
//! };
//!
//! async fn charge(cents: u32) -> Result<u32, &'static str> {
//!     if cents == 0 { Err("nothing to charge") } else { Ok(cents) }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let payments = CircuitBreaker::new("payments", CircuitBreakerOptions::default());
//! match payments.call(charge(250)).await {
//!     Ok(charged) => assert_eq!(charged, 250),
//!     Err(CallError::Open(open)) => println!("rejected: {open}"),
//!     Err(CallError::Failed(error)) => println!("failed: {error}"),
//! }
//! assert_eq!(payments.state(), BreakerState::Closed);
//! # }
//! ```
//!
//! # States
//!
//! ```text
//!             failure_threshold failures in a row
//!   closed ────────────────────────────────────────► open ◄─────┐
//!      ▲                                               │        │ a failure
//!      │        success_threshold successes            ▼        │
//!      └─────────────────────────────────────────── half-open ──┘
//!                                          after open_for
//! ```
//!
//! | state | calls |
//! |---|---|
//! | closed | all are let through |
//! | open | all are rejected, until `open_for` has passed |
//! | half-open | at most `probes` are let through at a time, the others are rejected |
//!
//! The words in code style are fields of [`CircuitBreakerOptions`]. A breaker has no timer: it is
//! half-open as soon as `open_for` has passed, for whoever reads its state, calls or not. The
//! transition is counted when the first call is let through.
//!
//! A call ends with success, with failure, or is cancelled. A cancelled call is a call whose future
//! or [guard](BreakerCall) is dropped, by a time limit for example or by a panic. It gives its
//! place among the probes back, and is neither a success nor a failure. To count a time limit as a
//! failure, put it inside the call: `breaker.call(async { timeout(limit, request).await? })`.
//!
//! A call counts only while the breaker is in the state in which the call began: the late failure
//! of a call from before the breaker opened does not open it again.
//!
//! # Metrics
//!
//! | metric | kind | meaning |
//! |---|---|---|
//! | `osapi_circuit_breaker_state` | observable gauge | 0 closed, 1 half-open, 2 open |
//! | `osapi_circuit_breaker_calls_total` | counter | calls that ended, by `outcome`: `succeeded`, `failed`, `cancelled` |
//! | `osapi_circuit_breaker_call_duration_seconds` | histogram | duration of calls, by `outcome` |
//! | `osapi_circuit_breaker_slow_calls_total` | counter | calls that took `slow_call` or longer, whatever their outcome |
//! | `osapi_circuit_breaker_rejections_total` | counter | calls that were rejected |
//! | `osapi_circuit_breaker_transitions_total` | counter | changes of the state, by the state `to` which: `closed`, `half_open`, `open` |
//!
//! All have the label `breaker` with the name that is given to [`CircuitBreaker::new`]; names
//! beyond 100 share the overflow series. The set is [`CircuitBreakerMetrics`]. The names are of
//! this crate: OpenTelemetry has no semantic conventions for circuit breakers.
//!
//! Counters begin at 0 when the breaker is made. The state is read from the breaker when metrics
//! are collected, until its last clone is dropped and its last call has ended. Give each breaker a
//! name of its own: of several breakers with one name, the state of the last one is shown.
//!
//! # Names of your own
//!
//! [`CircuitBreaker::new_in`] records in a set of the service, whose metrics have the roles of
//! [`CircuitBreakerRoles`], and [`CircuitBreaker::and_in`] in another set as well. See
//! [roles](crate::roles).
//!
//! ```
//! use osapi_metrics::{
//!     Counter, MetricSet, ObservableGauge,
//!     instrumentation::circuit_breaker::{
//!         CircuitBreaker, CircuitBreakerOptions, CircuitBreakerRoles,
//!     },
//! };
//!
//! /// The circuit breaker before the warehouse.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "warehouse", roles(of = CircuitBreakerRoles))]
//! struct WarehouseBreaker {
//!     /// State of the circuit breaker: 0 closed, 1 half-open, 2 open.
//!     #[metric(on = state)]
//!     breaker_state: ObservableGauge<(), i64>,
//!     /// Orders that the circuit breaker rejected.
//!     #[metric(unit = "{order}", on = rejections)]
//!     rejected_orders_total: Counter,
//! }
//!
//! let options = CircuitBreakerOptions::default();
//! let breaker = CircuitBreaker::new_in::<WarehouseBreaker>(&(), options);
//! breaker.try_begin().unwrap().success();
//! ```

mod breaker;
mod call;
mod error;
mod machine;
mod metrics;
mod observed;
mod options;
mod state;

pub use {
    breaker::CircuitBreaker,
    call::BreakerCall,
    error::{BreakerOpen, CallError},
    metrics::{CircuitBreakerMetrics, CircuitBreakerRoles},
    options::CircuitBreakerOptions,
    state::{BreakerState, CallOutcome, Transition},
};
