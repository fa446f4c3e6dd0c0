use std::{cell::Cell, future::pending, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerState::{Closed, HalfOpen, Open},
    CallError, CircuitBreaker,
};
use tokio::time::timeout;

use super::{options, pass, succeed, times};

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("calls", options().with_failure_threshold(times(1)))
}

#[tokio::test(start_paused = true)]
async fn an_error_is_a_failure_and_is_returned() {
    let breaker = breaker();
    let called = breaker.call(async { Ok::<_, String>(1) }).await;
    assert_eq!(called, Ok(1));
    let called = breaker.call(async { Err::<u8, _>("broken") }).await;
    assert_eq!(called, Err(CallError::Failed("broken")));
    assert_eq!(breaker.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_future_is_not_polled() {
    let breaker = breaker();
    breaker.try_begin().unwrap().failure();
    let polled = Cell::new(false);
    let future = async {
        polled.set(true);
        Ok::<_, std::fmt::Error>(())
    };
    let Err(CallError::Open(open)) = breaker.call(future).await else {
        panic!("the breaker is open");
    };
    assert_eq!(open.retry_after(), Some(Duration::from_secs(10)));
    assert!(!polled.get());
}

#[tokio::test(start_paused = true)]
async fn a_service_decides_which_errors_are_failures() {
    let breaker = breaker();
    let call = |status: u16| {
        let answer = async move { Err::<(), _>(status) };
        breaker.call_if(answer, |status| *status >= 500)
    };
    assert_eq!(call(404).await, Err(CallError::Failed(404)));
    assert_eq!(breaker.state(), Closed);
    assert_eq!(call(503).await, Err(CallError::Failed(503)));
    assert_eq!(breaker.state(), Open);
    // An error that is no failure shows that the dependency works.
    pass(10).await;
    call(404).await.unwrap_err();
    call(404).await.unwrap_err();
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_is_a_cancelled_call() {
    let breaker = breaker();
    breaker.try_begin().unwrap().failure();
    pass(10).await;
    for _ in 0..3 {
        let never = breaker.call(pending::<Result<(), ()>>());
        timeout(Duration::from_secs(1), never).await.unwrap_err();
        assert_eq!(breaker.state(), HalfOpen);
    }
    succeed(&breaker, 2);
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_cancelled_call() {
    let breaker = breaker();
    breaker.try_begin().unwrap().failure();
    pass(10).await;
    let call = breaker.call(async {
        assert_eq!(breaker.state(), Closed, "a panic in the call");
        Ok::<(), ()>(())
    });
    AssertUnwindSafe(call).catch_unwind().await.unwrap_err();
    assert_eq!(breaker.state(), HalfOpen);
    succeed(&breaker, 2);
    assert_eq!(breaker.state(), Closed);
}

#[test]
fn a_call_begins_when_it_is_polled() {
    let breaker = breaker();
    let call = breaker.call(async { Ok::<_, ()>(()) });
    breaker.try_begin().unwrap().failure();
    assert!(matches!(call.now_or_never(), Some(Err(CallError::Open(_)))));
}

#[test]
fn calls_can_be_spawned() {
    fn is_send_and_static<T: Send + 'static>(_: T) {}
    let breaker = breaker();
    is_send_and_static(breaker.try_begin().unwrap());
    is_send_and_static(async move { breaker.call(async { Ok::<_, ()>(()) }).await });
}

#[test]
fn an_error_has_its_cause() {
    let failed = CallError::Failed(std::io::Error::other("no disk"));
    assert_eq!(failed.to_string(), "no disk");
}
