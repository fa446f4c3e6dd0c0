use std::time::Duration;

use osapi_metrics::instrumentation::circuit_breaker::{BreakerState, CircuitBreaker};

use super::{fail, options, pass, succeed};
use crate::read;

/// The value of a series of one breaker, with one more label.
fn number(breaker: &str, metric: &str, label: Option<(&str, &str)>) -> Option<f64> {
    let labels: Vec<_> = label.into_iter().chain([("breaker", breaker)]).collect();
    read().number(&format!("osapi_circuit_breaker_{metric}"), &labels)
}

fn state(breaker: &str) -> Option<f64> {
    number(breaker, "state", None)
}

#[test]
fn counters_begin_at_zero() {
    let _breaker = CircuitBreaker::new("begun", options());
    for outcome in ["succeeded", "failed", "cancelled"] {
        assert_eq!(number("begun", "calls_total", Some(("outcome", outcome))), Some(0.0));
    }
    for to in ["closed", "half_open", "open"] {
        assert_eq!(number("begun", "transitions_total", Some(("to", to))), Some(0.0));
    }
    assert_eq!(number("begun", "rejections_total", None), Some(0.0));
    assert_eq!(number("begun", "slow_calls_total", None), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn the_gauge_has_the_number_of_the_state() {
    let breaker = CircuitBreaker::new("numbers", options());
    let number = |state: BreakerState| Some(f64::from(state as u8));
    assert_eq!((state("numbers"), number(BreakerState::Closed)), (Some(0.0), Some(0.0)));
    fail(&breaker, 3);
    assert_eq!((state("numbers"), number(BreakerState::Open)), (Some(2.0), Some(2.0)));
    // Nobody calls, and nobody asks for the state.
    pass(10).await;
    assert_eq!((state("numbers"), number(BreakerState::HalfOpen)), (Some(1.0), Some(1.0)));
    succeed(&breaker, 2);
    assert_eq!(state("numbers"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn transitions_and_rejections_are_counted() {
    let breaker = CircuitBreaker::new("transitions", options());
    let transitions = |to| number("transitions", "transitions_total", Some(("to", to)));
    let rejections = || number("transitions", "rejections_total", None);
    fail(&breaker, 3);
    for _ in 0..4 {
        breaker.try_begin().unwrap_err();
    }
    assert_eq!((transitions("open"), rejections()), (Some(1.0), Some(4.0)));
    pass(10).await;
    // Half-open without a call is no transition yet.
    assert_eq!((breaker.state(), transitions("half_open")), (BreakerState::HalfOpen, Some(0.0)));
    let probe = breaker.try_begin().unwrap();
    assert_eq!(transitions("half_open"), Some(1.0));
    breaker.try_begin().unwrap_err();
    assert_eq!(rejections(), Some(5.0));
    probe.failure();
    assert_eq!(transitions("open"), Some(2.0));
    pass(10).await;
    succeed(&breaker, 2);
    assert_eq!((transitions("half_open"), transitions("closed")), (Some(2.0), Some(1.0)));
    assert_eq!((transitions("open"), rejections()), (Some(2.0), Some(5.0)));
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_and_timed_by_outcome() {
    let breaker = CircuitBreaker::new("timed", options());
    for (milliseconds, is_failure) in [(99, false), (100, false), (500, true)] {
        let call = breaker.try_begin().unwrap();
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
        if is_failure { call.failure() } else { call.success() }
    }
    let cancelled = breaker.try_begin().unwrap();
    pass(2).await;
    drop(cancelled);

    let of = |outcome| {
        let labels = [("breaker", "timed"), ("outcome", outcome)];
        let times = read().histogram("osapi_circuit_breaker_call_duration_seconds", &labels);
        let times = times.map(|times| (times.count, times.sum)).unwrap_or_default();
        (number("timed", "calls_total", Some(("outcome", outcome))).unwrap(), times)
    };
    assert_eq!(of("succeeded"), (2.0, (2, 0.099 + 0.1)));
    assert_eq!(of("failed"), (1.0, (1, 0.5)));
    assert_eq!(of("cancelled"), (1.0, (1, 2.0)));
    // From 100 milliseconds on, whatever the outcome.
    assert_eq!(number("timed", "slow_calls_total", None), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn a_result_that_does_not_count_for_the_state_is_recorded() {
    let breaker = CircuitBreaker::new("late", options());
    let late = breaker.try_begin().unwrap();
    fail(&breaker, 3);
    late.success();
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(number("late", "calls_total", Some(("outcome", "succeeded"))), Some(1.0));
}

#[test]
fn the_state_is_shown_until_the_last_call_of_the_last_clone_has_ended() {
    let breaker = CircuitBreaker::new("dropped", options());
    let clone = breaker.clone();
    drop(breaker);
    assert_eq!(state("dropped"), Some(0.0));
    let call = clone.try_begin().unwrap();
    drop(clone);
    assert_eq!(state("dropped"), Some(0.0));
    call.success();
    assert_eq!(state("dropped"), None);
    assert_eq!(number("dropped", "calls_total", Some(("outcome", "succeeded"))), Some(1.0));
}
