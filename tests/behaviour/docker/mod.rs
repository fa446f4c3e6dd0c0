//! Containers, observed through a unix socket.
//!
//! Most engines here answer from a table. The answers in `answers/` have the fields and the form
//! that the API of Docker has in version 1.43, with cgroup v1 and v2; that of Podman was recorded.
//! Where Podman can run containers, one of the tests asks a real engine.
//!
//! The metrics are global, so every test has names of containers and engines of its own.

mod engine;
mod faults;
mod many;
mod real;
mod restarts;
mod values;

use std::{
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Counter, LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::docker::{Container, DockerOptions, DockerRoles},
    roles::{Observations, RoleLabels},
};
use osapi_metrics_tests::reading::Reading;

use crate::read_lines_with;

/// The longest time that a test waits for an engine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An interval that no test reaches: one sample is taken.
const LONG: Duration = Duration::from_secs(3600);

/// A reading that takes more than three intervals counts as failed, and a busy machine is slow.
const OFTEN: Duration = Duration::from_millis(200);

/// The image of the recorded answers, without its tag.
const IMAGE: &str = "registry.example:5000/shop/web";

#[derive(Clone, LabelSet)]
struct Engine {
    #[label(max = 50)]
    engine: &'static str,
}

#[derive(LabelSet)]
struct OfEngine {
    #[label(flatten)]
    engine: Engine,
    #[label(max = 30)]
    container: String,
}

impl RoleLabels<Engine, Container> for OfEngine {
    fn role_labels(engine: &Engine, container: &Container) -> Self {
        Self { engine: engine.clone(), container: container.name.to_string() }
    }
}

/// The containers of several engines.
#[derive(MetricSet)]
#[metric_set(prefix = "yard", roles(of = DockerRoles, labels = Engine))]
struct YardMetrics {
    /// Memory of a container.
    #[metric(unit = "By", on = memory_usage)]
    memory_bytes: ObservableGauge<OfEngine, u64>,
    /// Processor time of a container.
    #[metric(unit = "s", on = cpu_total)]
    cpu_seconds_total: ObservableCounter<OfEngine, f64>,
    /// Processors in use.
    #[metric(unit = "{cpu}", on = cpu_usage)]
    cpu_usage: ObservableGauge<OfEngine>,
    /// Time since the last sample.
    #[metric(unit = "s", on = sample_age)]
    sample_age_seconds: ObservableGauge<Engine>,
    /// Readings that failed.
    #[metric(unit = "{error}", on = reading_errors)]
    errors_total: Counter<Engine>,
}

/// An engine in the set of this test.
struct Yard {
    engine: &'static str,
    _observations: Observations,
}

impl Yard {
    fn observe(engine: &'static str, options: &DockerOptions) -> Self {
        let observations = options.observe_in::<YardMetrics>(&Engine { engine });
        Self { engine, _observations: observations.unwrap() }
    }

    fn read(&self) -> Reading {
        read_lines_with(&format!("\"{}\"", self.engine))
    }

    fn of_container(&self, metric: &str, container: &str) -> Option<f64> {
        let labels = [("engine", self.engine), ("container", container)];
        self.read().number(&format!("yard_{metric}"), &labels)
    }

    fn memory(&self, container: &str) -> Option<f64> {
        self.of_container("memory_bytes", container)
    }

    fn errors(&self) -> f64 {
        let errors = self.read().number("yard_errors_total", &[("engine", self.engine)]);
        errors.unwrap_or(0.0)
    }

    fn sample_age(&self) -> Option<f64> {
        self.read().number("yard_sample_age_seconds", &[("engine", self.engine)])
    }

    /// The containers that are shown.
    fn containers(&self) -> Vec<String> {
        self.read().label_values("yard_memory_bytes", "container")
    }
}

/// Waits until a condition is true, of what a thread of the library does.
fn becomes(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::yield_now();
    }
}

/// The values of a container in a shipped set.
struct Shown {
    container: &'static str,
    image: &'static str,
}

impl Shown {
    fn number(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let of_container =
            [("container_name", self.container), ("container_image_name", self.image)];
        let labels = [&of_container, labels].concat();
        read_lines_with(&format!("\"{}\"", self.container)).number(metric, &labels)
    }
}
