use std::time::Duration;

use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerCall,
    BreakerState::{Closed, HalfOpen, Open},
    CircuitBreaker,
};

use super::{fail, options, pass, succeed, times};

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("states", options())
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_open_it() {
    let breaker = breaker();
    fail(&breaker, 2);
    succeed(&breaker, 1);
    fail(&breaker, 2);
    assert_eq!(breaker.state(), Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), Open);
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_says_when_to_try_again() {
    let breaker = breaker();
    fail(&breaker, 3);
    pass(4).await;
    let open = breaker.try_begin().unwrap_err();
    assert_eq!(open.retry_after(), Some(Duration::from_secs(6)));
    assert_eq!(open.to_string(), "the circuit breaker is open for another 6s");
    // A rejection changes nothing.
    pass(5).await;
    assert_eq!(breaker.try_begin().unwrap_err().retry_after(), Some(Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn it_is_half_open_once_its_time_has_passed_without_a_call() {
    let breaker = breaker();
    fail(&breaker, 3);
    pass(9).await;
    assert_eq!(breaker.state(), Open);
    pass(1).await;
    assert_eq!(breaker.state(), HalfOpen);
    pass(1000).await;
    assert_eq!(breaker.state(), HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn successes_close_it_again() {
    let breaker = breaker();
    fail(&breaker, 3);
    pass(10).await;
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), HalfOpen);
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), Closed);
    // The failures from before do not count.
    fail(&breaker, 2);
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn one_failure_opens_it_again_for_the_whole_time() {
    let breaker = breaker();
    fail(&breaker, 3);
    pass(12).await;
    succeed(&breaker, 1);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), Open);
    let open = breaker.try_begin().unwrap_err();
    assert_eq!(open.retry_after(), Some(Duration::from_secs(10)));
    // The success from before does not count.
    pass(10).await;
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn a_half_open_breaker_lets_a_few_calls_through_at_a_time() {
    let breaker = CircuitBreaker::new("states", options().with_probes(times(2)));
    fail(&breaker, 3);
    pass(10).await;
    let (first, second) = (breaker.try_begin().unwrap(), breaker.try_begin().unwrap());
    let rejected = breaker.try_begin().unwrap_err();
    assert_eq!(rejected.retry_after(), None);
    assert_eq!(
        rejected.to_string(),
        "the circuit breaker is open until a call that is under way has ended"
    );
    first.success();
    let third = breaker.try_begin().unwrap();
    breaker.try_begin().unwrap_err();
    drop(second);
    assert_eq!(breaker.state(), HalfOpen);
    third.success();
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_gives_its_place_back_and_decides_nothing() {
    let breaker = breaker();
    fail(&breaker, 2);
    drop(breaker.try_begin().unwrap());
    fail(&breaker, 1);
    assert_eq!(breaker.state(), Open);
    pass(10).await;
    for _ in 0..100 {
        drop(breaker.try_begin().unwrap());
        assert_eq!(breaker.state(), HalfOpen);
    }
    succeed(&breaker, 2);
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn a_result_from_before_the_state_changed_does_not_count() {
    let breaker = breaker();
    let late = [(); 3].map(|()| breaker.try_begin().unwrap());
    fail(&breaker, 3);
    pass(10).await;
    // A probe of a half-open state that ends before the probe does.
    let options = options().with_probes(times(2));
    let two = CircuitBreaker::new("states", options);
    fail(&two, 3);
    pass(10).await;
    let (probe, failing) = (two.try_begin().unwrap(), two.try_begin().unwrap());
    failing.failure();
    pass(10).await;
    let now = [(); 2].map(|()| two.try_begin().unwrap());
    probe.success();
    // Its place was given back with its state, so it is not given back again.
    two.try_begin().unwrap_err();
    now.into_iter().for_each(BreakerCall::success);
    assert_eq!(two.state(), Closed);

    let probe = breaker.try_begin().unwrap();
    let [success, failure, cancelled] = late;
    success.success();
    failure.failure();
    drop(cancelled);
    assert_eq!(breaker.state(), HalfOpen);
    breaker.try_begin().unwrap_err();
    probe.success();
    succeed(&breaker, 1);
    assert_eq!(breaker.state(), Closed);
}

#[tokio::test(start_paused = true)]
async fn clones_share_the_state() {
    let breaker = breaker();
    let clone = breaker.clone();
    fail(&breaker, 2);
    fail(&clone, 1);
    assert_eq!((breaker.state(), clone.state()), (Open, Open));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_can_stay_open_for_ever_or_not_at_all() {
    let ever = CircuitBreaker::new("states", options().with_open_for(Duration::MAX));
    fail(&ever, 3);
    pass(1 << 30).await;
    assert_eq!(ever.state(), Open);
    let never = CircuitBreaker::new("states", options().with_open_for(Duration::ZERO));
    fail(&never, 3);
    assert_eq!(never.state(), HalfOpen);
    succeed(&never, 2);
    assert_eq!(never.state(), Closed);
}

#[test]
fn a_breaker_needs_no_runtime() {
    let breaker = breaker();
    fail(&breaker, 3);
    breaker.try_begin().unwrap_err();
}
