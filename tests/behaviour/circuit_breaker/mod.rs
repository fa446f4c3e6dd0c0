//! Circuit breakers under a paused clock, against a model, and with many threads.
//!
//! The metrics are global, so every test that reads them has a breaker name of its own.

mod calls;
mod model;
mod own_names;
mod recorded;
mod states;
mod threads;

use std::{num::NonZeroU32, time::Duration};

use osapi_metrics::instrumentation::circuit_breaker::{CircuitBreaker, CircuitBreakerOptions};
use tokio::time::advance;

fn times(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// Opens after three failures for ten seconds, and closes after two successes, one at a time.
fn options() -> CircuitBreakerOptions {
    CircuitBreakerOptions::default()
        .with_failure_threshold(times(3))
        .with_open_for(Duration::from_secs(10))
        .with_success_threshold(times(2))
}

fn fail(breaker: &CircuitBreaker, calls: u32) {
    for _ in 0..calls {
        breaker.try_begin().unwrap().failure();
    }
}

fn succeed(breaker: &CircuitBreaker, calls: u32) {
    for _ in 0..calls {
        breaker.try_begin().unwrap().success();
    }
}

async fn pass(seconds: u64) {
    advance(Duration::from_secs(seconds)).await;
}
