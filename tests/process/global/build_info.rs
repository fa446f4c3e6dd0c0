//! The metric and the resource attributes that identify the running build.

use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    exposition::Format,
};

use crate::take_turn;

const OURS: &str = env!("CARGO_PKG_VERSION");

/// The samples of the build metric.
fn builds(metrics: &Metrics) -> Vec<String> {
    let exposition = metrics.render(Format::OpenMetrics);
    exposition
        .lines()
        .filter(|line| line.starts_with("osapi_build_info"))
        .map(str::to_owned)
        .collect()
}

fn target(metrics: &Metrics) -> String {
    let exposition = metrics.render(Format::Text);
    exposition.lines().find(|line| line.starts_with("target_info{")).unwrap().to_owned()
}

fn build(version: &str, revision: &str) -> String {
    format!(
        r#"osapi_build_info{{osapi_metrics_version="{OURS}",revision="{revision}",version="{version}"}} 1"#
    )
}

#[test]
fn a_service_says_which_build_it_is() {
    let _turn = take_turn();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.service_version("1.2.3").revision("4e47e48").install().unwrap();
    assert_eq!(builds(&metrics), [build("1.2.3", "4e47e48")]);
    let target = target(&metrics);
    assert!(target.contains(r#"service_version="1.2.3""#), "{target}");
    assert!(target.contains(r#"vcs_ref_head_revision="4e47e48""#), "{target}");

    let exposition = metrics.render(Format::Text);
    assert!(exposition.contains("# TYPE osapi_build_info gauge\n"), "{exposition}");
}

#[test]
fn what_is_not_said_is_unknown() {
    let _turn = take_turn();
    let builder = || Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder().install().unwrap();
    assert_eq!(builds(&metrics), [build("unknown", "unknown")]);
    assert!(!target(&metrics).contains("version=\"unknown\""), "the resource makes nothing up");

    // Each runtime has a service of its own.
    let other = builder().service_version("2.0.0").revision("").install().unwrap();
    assert_eq!(builds(&other), [build("2.0.0", "unknown")]);
    assert_eq!(builds(&metrics), [build("unknown", "unknown")]);
}

#[test]
fn configuration_and_environment_win() {
    let _turn = take_turn();
    let mut config = MetricsConfig::default();
    for (attribute, value) in
        [("service.version", "configured"), ("vcs.ref.head.revision", "configured")]
    {
        config.resource.insert(attribute.to_owned(), value.into());
    }
    let variable = ("OTEL_RESOURCE_ATTRIBUTES", "service.version=of the environment");
    let builder = Metrics::builder().enabled(true).config(config).revision("built");
    let metrics = builder
        .service_version("built")
        .environment(Environment::from_iter([variable]))
        .install()
        .unwrap();
    assert_eq!(builds(&metrics), [build("of the environment", "configured")]);
}
