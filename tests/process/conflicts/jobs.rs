//! Handlers of one name with different keys.

use osapi_metrics::{
    InstallError, JobMetrics, Metrics, catalogue::JobConflict, config::Environment,
    instrumented_job, jobs::JobLabels,
};

#[instrumented_job(name = "conflicts.keys", attempt = number)]
fn with_attempts(number: u32) -> u32 {
    number
}

mod elsewhere {
    #[osapi_metrics::instrumented_job(name = "conflicts.keys")]
    pub(super) fn without_attempts() {}
}

#[instrumented_job(name = "conflicts.objectives", slo(latency = "5s", target = 0.99))]
fn fast() {}

#[instrumented_job(name = "conflicts.objectives", slo(latency = "10s", target = 0.99))]
fn slow() {}

#[instrumented_job(name = "conflicts.one_objective", slo(latency = "5s", target = 0.99))]
fn with_objective() {}

#[instrumented_job(name = "conflicts.one_objective")]
fn without_objective() {}

#[instrumented_job(name = "conflicts.three", queued_at = at, final_attempt = true)]
fn first_of_three(at: std::time::SystemTime) {}

#[instrumented_job(name = "conflicts.three", final_attempt = true)]
fn second_of_three() {}

#[instrumented_job(name = "conflicts.three", final_attempt = false)]
fn third_of_three() {}

/// Handlers that do not conflict: the same keys in another order, and a handler with its own
/// labels.
#[instrumented_job(name = "conflicts.none", attempt = 1, slo(target = 0.9, latency = "1m"))]
fn first_that_agrees() {}

#[instrumented_job(slo(latency = "60s", target = 0.90), attempt = 2, name = "conflicts.none")]
fn second_that_agrees() {}

#[instrumented_job(
    metrics = JobMetrics,
    labels = JobLabels { job_name: "conflicts.none".into() },
)]
fn with_labels_of_its_own() {}

/// The line of this file that declares a function.
fn line_of(function: &str) -> u32 {
    let line = include_str!("jobs.rs").lines().position(|line| line.contains(function)).unwrap();
    u32::try_from(line).unwrap() + 1
}

#[test]
fn an_installation_names_both_places_of_every_conflict_of_jobs() {
    let install = || {
        Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap_err()
    };
    let error = install();
    let InstallError::Conflicts(conflicts) = &error else { panic!("{error:?}") };
    let message = error.to_string();
    let expected = [
        (
            ("conflicts.keys", "fn with_attempts", "fn without_attempts"),
            "with `attempt` and with no keys",
        ),
        (
            ("conflicts.objectives", "fn fast()", "fn slow()"),
            "with the objectives 0.99 of jobs within 5s and 0.99 of jobs within 10s",
        ),
        (
            ("conflicts.one_objective", "fn with_objective", "fn without_objective"),
            "with `slo` and with no keys",
        ),
        (
            ("conflicts.three", "fn first_of_three", "fn second_of_three"),
            "with `queued_at`, `final_attempt` and with `final_attempt`",
        ),
    ];
    let found = |JobConflict { first, second, .. }: &JobConflict| {
        assert_eq!(first.name, second.name);
        (first.name, first.origin.line, second.origin.line)
    };
    let found: Vec<_> = conflicts.jobs.iter().map(found).collect();
    let places = expected.map(|((name, first, second), _)| (name, line_of(first), line_of(second)));
    assert_eq!(found, places);

    for (place, with) in expected {
        let (name, first, second) = place;
        let [first, second] = [first, second]
            .map(|function| format!("tests/process/conflicts/jobs.rs:{}", line_of(function)));
        let sentence = format!(
            "the job `{name}` is handled at {first} and at {second}, {with}; give both the same, or \
             one of them another name"
        );
        assert!(message.contains(&sentence), "{sentence}\n{message}");
    }
    assert!(!message.contains("conflicts.none"), "{message}");

    // The jobs run nevertheless, and another installation fails with the same message.
    assert_eq!(with_attempts(3), 3);
    elsewhere::without_attempts();
    fast();
    slow();
    with_objective();
    without_objective();
    first_of_three(std::time::SystemTime::now());
    second_of_three();
    third_of_three();
    first_that_agrees();
    second_that_agrees();
    with_labels_of_its_own();
    assert_eq!(install().to_string(), message);
}
