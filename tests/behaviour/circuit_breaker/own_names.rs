use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge,
    instrumentation::circuit_breaker::{CircuitBreaker, CircuitBreakerRoles},
};

use super::{fail, options, pass};
use crate::read;

/// The circuit breaker of an API, without labels.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "api_circuit_breaker", roles(of = CircuitBreakerRoles))]
struct ApiBreaker {
    /// State of the API's circuit breaker: 0 closed, 1 half-open, 2 open.
    #[metric(on = state)]
    state: ObservableGauge<(), i64>,
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Component {
    TaskReadiness,
    WebDatabase,
}

/// The circuit breakers of the components.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "tasker_circuit_breaker",
    roles(of = CircuitBreakerRoles, labels = Component)
)]
struct ComponentBreakers {
    /// State of a component's circuit breaker: 0 closed, 1 half-open, 2 open.
    #[metric(on = state)]
    state: ObservableGauge<Component, u64>,
}

/// Completions that are sent to another language.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "ffi_completion",
    roles(of = CircuitBreakerRoles, labels = Component),
    allow(non_base_units)
)]
struct FfiCompletion {
    /// Completions that took long to send.
    #[metric(unit = "{send}", on = slow_calls)]
    slow_sends_total: Counter,
    /// Completions that the circuit breaker rejected.
    #[metric(unit = "{send}", on = rejections)]
    circuit_open_rejections_total: Counter,
    /// Calls that ended, and the calls that were rejected.
    #[metric(unit = "{send}", on = [calls, rejections])]
    attempts_total: Counter,
    /// Time to send a completion.
    #[metric(unit = "ms", buckets = [1, 10, 100, 1000], on = duration)]
    send_duration_milliseconds: Histogram,
}

#[tokio::test(start_paused = true)]
async fn one_breaker_records_in_two_sets() {
    let breaker = CircuitBreaker::new_in::<ComponentBreakers>(&Component::WebDatabase, options());
    let before = breaker.clone();
    let breaker = breaker.and_in::<ApiBreaker>(&());
    let states = || {
        let reading = read();
        let component = [("component", "web_database")];
        let of_component = reading.number("tasker_circuit_breaker_state", &component);
        (reading.number("api_circuit_breaker_state", &[]), of_component)
    };
    assert_eq!(states(), (Some(0.0), Some(0.0)));
    // A clone from before the second set was added shares it.
    fail(&before, 3);
    assert_eq!(states(), (Some(2.0), Some(2.0)));
    pass(10).await;
    assert_eq!(states(), (Some(1.0), Some(1.0)));
    drop((breaker, before));
    assert_eq!(states(), (None, None));
    let shipped = read().label_values("osapi_circuit_breaker_state", "breaker");
    assert!(!shipped.contains(&String::new()));
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_added_records_calls_and_rejections() {
    let breaker = CircuitBreaker::new("ffi", options())
        .and_in::<ComponentBreakers>(&Component::TaskReadiness)
        .and_in::<FfiCompletion>(&Component::TaskReadiness);
    let slow = breaker.try_begin().unwrap();
    pass(2).await;
    slow.success();
    fail(&breaker, 3);
    breaker.try_begin().unwrap_err();

    let reading = read();
    let own = |metric: &str| reading.number(&format!("ffi_completion_{metric}"), &[]);
    assert_eq!(own("slow_sends_total"), Some(1.0));
    assert_eq!(own("circuit_open_rejections_total"), Some(1.0));
    assert_eq!(own("attempts_total"), Some(5.0));
    let times = reading.histogram("ffi_completion_send_duration_milliseconds", &[]).unwrap();
    assert_eq!((times.count, times.sum), (4, 2000.0));
    let component = [("component", "task_readiness")];
    assert_eq!(reading.number("tasker_circuit_breaker_state", &component), Some(2.0));
    let rejected = reading.number("osapi_circuit_breaker_rejections_total", &[("breaker", "ffi")]);
    assert_eq!(rejected, Some(1.0));
}
