//! The examples of the guide and of the page about the runtime.

/// The guide's test.
#[path = "guide_test.rs"]
mod testing;

use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
};

use crate::{code_below_comment, markdown::blocks};

const GUIDE: &str = include_str!("../../metrics-runtime/src/docs/guide.md");
const RUNTIME: &str = include_str!("../../metrics-runtime/src/docs/runtime.md");

/// The guide's first program.
mod program {
    include!("guide_program.rs");

    pub(super) fn run() -> Result<(), Box<dyn std::error::Error>> {
        main()
    }
}

#[test]
fn examples_are_shown_as_they_are_compiled() {
    let program = code_below_comment(include_str!("guide_program.rs"));
    assert_eq!(blocks(GUIDE, "rust")[0], program);
    let test = code_below_comment(include_str!("guide_test.rs"));
    assert_eq!(blocks(GUIDE, "rust,ignore"), [test]);
    let router = code_below_comment(include_str!("../../examples/router.rs"));
    let router = router.split("\n#[tokio::main]").next().unwrap();
    assert_eq!(blocks(RUNTIME, "rust,ignore"), [router]);
}

#[test]
fn the_exposition_shown_is_the_exposition_of_the_program() {
    program::run().unwrap();
    let metrics = Metrics::builder().enabled(true).environment(Environment::default());
    let exposition = metrics.install().unwrap().render(Format::OpenMetrics);
    let shown = blocks(GUIDE, "text")[0];
    assert!(shown.starts_with("# TYPE osapi_upload") && exposition.contains(shown), "{exposition}");
}

#[test]
fn the_configuration_shown_is_accepted() {
    let config = MetricsConfig::from_yaml(blocks(GUIDE, "yaml")[0]).unwrap();
    assert!(config.enabled && config.otlp.enabled);
    assert_eq!(config.buckets["osapi_job_duration_seconds"], [0.5, 1.0, 5.0]);
}
