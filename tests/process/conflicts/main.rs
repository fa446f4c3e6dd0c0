//! Declarations that conflict. A process of its own, because no runtime can be installed in a
//! program that is linked with these declarations.

#![expect(dead_code, reason = "declarations conflict whether or not they are used")]

mod jobs;
mod renames;
mod versions;

use osapi_metrics::{
    Counter, Gauge, Histogram, InstallError, JobMetrics, MetricSet, Metrics, UpDownCounter,
    catalogue::Difference,
    config::Environment,
    jobs::{JobLabels, JobStatusLabels},
};

/// Metrics that `osapi-metrics` declares too, with differences.
#[derive(Debug, MetricSet)]
struct Theirs {
    /// Of another kind.
    #[metric(name = "osapi_jobs_active", unit = "{job}")]
    active: Gauge<JobLabels, i64>,
    /// Of another unit.
    #[metric(name = "osapi_jobs_started_total", unit = "{run}")]
    started: Counter<JobLabels>,
    /// Of another type.
    #[metric(name = "osapi_job_errors_total", unit = "{error}")]
    errors: Counter<JobLabels, f64>,
    /// With other labels.
    #[metric(name = "osapi_jobs_completed_total", unit = "{job}")]
    completed: Counter<JobLabels>,
    /// With other boundaries.
    #[metric(name = "osapi_job_duration_seconds", unit = "s", buckets = [1])]
    duration: Histogram<JobStatusLabels>,
    /// As there.
    #[metric(name = "osapi_jobs_created_total", unit = "{job}")]
    created: Counter<JobLabels>,
}

#[derive(Debug, MetricSet)]
struct Ours {
    /// Declared here.
    #[metric(name = "osapi.twice.declared")]
    first: UpDownCounter,
}

#[derive(Debug, MetricSet)]
struct OursToo {
    /// And here, where the name renders to the same.
    #[metric(name = "osapi_twice_declared")]
    second: UpDownCounter,
}

#[test]
fn an_installation_names_both_places_of_every_conflict() {
    let error =
        Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap_err();
    let InstallError::Conflicts(conflicts) = &error else { panic!("{error:?}") };
    let message = error.to_string();
    let expected = [
        ("osapi_job_duration_seconds", Difference::Buckets),
        ("osapi_job_errors_total", Difference::ValueType),
        ("osapi_jobs_active", Difference::Kind),
        ("osapi_jobs_completed_total", Difference::Labels),
        ("osapi_jobs_started_total", Difference::Unit),
        ("osapi_twice_declared", Difference::SameCrate),
    ];
    let found: Vec<_> = conflicts
        .metrics
        .iter()
        .map(|conflict| (conflict.first.prometheus_name(), conflict.difference))
        .collect();
    assert_eq!(found, expected);

    let places = |name: &str| {
        [JobMetrics::DESCRIPTORS, Theirs::DESCRIPTORS, Ours::DESCRIPTORS, OursToo::DESCRIPTORS]
            .concat()
            .iter()
            .filter(|metric| metric.prometheus_name() == name)
            .map(|metric| format!("{}:{}", metric.origin.file, metric.origin.line))
            .collect::<Vec<_>>()
    };
    for (name, _) in expected {
        let [first, second] = places(name).try_into().unwrap();
        let sentence = format!("`{name}` is declared at {first} and at {second}, ");
        assert!(message.contains(&sentence), "{sentence}\n{message}");
    }

    // The origin of a metric is the line of its field.
    let lines = include_str!("main.rs").lines();
    let line = lines.take_while(|line| !line.contains("active: Gauge")).count() + 1;
    let place = format!("process/conflicts/main.rs:{line}, as up-down counter and as gauge");
    assert!(message.contains(&place), "{place}\n{message}");

    // The page of rules shows the message without the lines, which change.
    let said = message.split("; ").find(|said| said.starts_with("`osapi_jobs_active`")).unwrap();
    let without_line = |word: &str| match word.rsplit_once(':') {
        Some((file, line)) => format!("{file}{}", line.trim_start_matches(char::is_numeric)),
        None => word.to_owned(),
    };
    let said = said.split(' ').map(without_line).collect::<Vec<_>>().join(" ");
    let page = include_str!("../../../docs/rules.md");
    assert!(page.lines().any(|line| line == said), "{said}");
}
