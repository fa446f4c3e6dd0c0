//! `docs/metrics.md` lists every metric that the framework declares.

use osapi_metrics::{
    MetricDescriptor, Metrics,
    config::Environment,
    instrumentation::{
        channel::ChannelMetrics,
        circuit_breaker::CircuitBreakerMetrics,
        docker::{ContainerMetrics, DockerStatsMetrics},
        gpu::{GpuIndexMetrics, GpuMetrics},
        host::HostMetrics,
        http_server::HttpServerMetrics,
        nats::NatsMetrics,
        process::ProcessMetrics,
        queue::QueueMetrics,
        redis::RedisMetrics,
        sqlx::DatabaseMetrics,
        tokio_runtime::TokioRuntimeMetrics,
    },
};

use crate::{assert_same, markdown::rows};

const PAGE: &str = include_str!("../../docs/metrics.md");

#[test]
fn built_in_metrics_are_the_metrics_of_the_catalogue() {
    // Naming the sets links them in.
    let _ = (HttpServerMetrics::global(), NatsMetrics::global());
    let _ = (GpuMetrics::global(), GpuIndexMetrics::global());
    let _ = (ChannelMetrics::global(), CircuitBreakerMetrics::global());
    let _ = (ContainerMetrics::global(), DockerStatsMetrics::global());
    let _ = (DatabaseMetrics::global(), QueueMetrics::global());
    let _ = (
        HostMetrics::global(),
        ProcessMetrics::global(),
        RedisMetrics::global(),
        TokioRuntimeMetrics::global(),
    );
    let metrics = Metrics::builder().environment(Environment::default()).install().unwrap();
    let built_in = metrics.catalogue().iter().filter(|m| m.origin.package == "osapi-metrics");
    assert_same(&rows(PAGE.lines()), &built_in.map(row_of).collect());
}

/// The row of a metric: its name, its kind and unit, its labels.
fn row_of(metric: &MetricDescriptor) -> Vec<String> {
    let observable = if metric.observable { "observable " } else { "" };
    let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{}`", label.key)).collect();
    vec![
        format!("`{}`", metric.name),
        format!("{observable}{}, `{}`", metric.kind.as_str(), metric.unit.unwrap_or("none")),
        labels.join(", "),
    ]
}
