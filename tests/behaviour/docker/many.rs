//! Many containers, and those that a service leaves out.

use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter,
    instrumentation::docker::{Container, DockerError, DockerOptions, DockerRoles},
    roles::RoleLabels,
};

use super::{
    LONG, OFTEN, Yard, becomes,
    engine::{Entry, TestEngine, cgroup_v2},
};
use crate::read_lines_with;

#[derive(LabelSet)]
struct InCrowd {
    #[label(max = 5)]
    container: String,
}

impl RoleLabels<(), Container> for InCrowd {
    fn role_labels((): &(), container: &Container) -> Self {
        Self { container: container.name.to_string() }
    }
}

/// More containers than a label has values.
#[derive(MetricSet)]
#[metric_set(prefix = "crowd", roles(of = DockerRoles))]
struct CrowdMetrics {
    /// Processor time of a container.
    #[metric(unit = "s", on = cpu_total)]
    cpu_seconds_total: ObservableCounter<InCrowd, f64>,
}

#[test]
fn many_containers_are_read_a_few_at_a_time_and_share_a_series_beyond_the_limit() {
    const CONTAINERS: usize = 300;
    const AT_A_TIME: usize = 16;
    const TIME: f64 = 0.999_478;
    let engine = TestEngine::start();
    for number in 0..CONTAINERS {
        let name = format!("many-{number:03}");
        engine.run(&name, Entry::new(&name, cgroup_v2()));
    }
    // A reader that asks for one after the other would wait for ever.
    engine.wait_for(AT_A_TIME);
    let options = DockerOptions::new().socket(engine.socket()).interval(LONG);
    let _observations = options.observe_in::<CrowdMetrics>(&()).unwrap();
    let read = || read_lines_with("crowd_cpu");
    let containers = || read().label_values("crowd_cpu_seconds_total", "container");
    becomes("a sample", || !containers().is_empty());
    assert_eq!(engine.most_open(), AT_A_TIME);
    assert_eq!(containers().iter().filter(|container| container.starts_with("many-")).count(), 5);
    let overflow = [("otel_metric_overflow", "true")];
    let beyond = read().number("crowd_cpu_seconds_total", &overflow).unwrap();
    let expected = (CONTAINERS - 5) as f64 * TIME;
    assert!((beyond - expected).abs() < 1e-6, "{beyond} is not {expected}");
}

#[test]
fn filters_are_left_to_the_engine() {
    let engine = TestEngine::start();
    engine.run("wanted", Entry::new("wanted", cgroup_v2()));
    let options = DockerOptions::new()
        .socket(engine.socket())
        .interval(LONG)
        .label("com.example.team=shop")
        .label("on")
        .name("^wan");
    let yard = Yard::observe("filtered", &options);
    becomes("a sample", || yard.memory("wanted").is_some());
    // {"label":["com.example.team=shop","on"],"name":["^wan"]}
    let expected = "/containers/json?filters=%7B%22label%22%3A%5B%22com.example.team%3Dshop%22%2C\
                    %22on%22%5D%2C%22name%22%3A%5B%22%5Ewan%22%5D%7D";
    assert_eq!(engine.requests()[0], expected);

    let refused = |options: DockerOptions| options.observe().unwrap_err();
    assert!(matches!(refused(options.clone().label("=shop")), DockerError::Label { .. }));
    assert!(matches!(refused(options.name("")), DockerError::EmptyName));
}

#[test]
fn the_end_of_the_observations_is_the_end_of_the_requests() {
    let (engine, other) = (TestEngine::start(), TestEngine::start());
    let options =
        |engine: &TestEngine| DockerOptions::new().socket(engine.socket()).interval(OFTEN / 10);
    let yard = Yard::observe("ending", &options(&engine));
    becomes("some samples", || {
        yard.read();
        engine.requests().len() >= 3
    });
    drop(yard);
    let yard = Yard::observe("going-on", &options(&other));
    // A request that was under way may have come after the end.
    let asked = |times: usize| {
        let before = other.requests().len();
        becomes("some samples", || {
            yard.read();
            other.requests().len() >= before + times
        });
    };
    asked(5);
    let at_the_end = engine.requests().len();
    asked(50);
    assert_eq!(engine.requests().len(), at_the_end);
}
