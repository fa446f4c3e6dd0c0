//! The metric set with the names of the Collector's receiver.

use super::{
    DockerRoles,
    labels::{ContainerLabels, InterfaceLabels},
};
use crate::{Counter, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter};

/// The containers of an engine, with the names, units and labels of the Collector's receiver
/// [`docker_stats`], for boards that were made for it: the metrics that the receiver has on by
/// default.
///
/// | metric | labels, beside `container.name` and `container.image.name` |
/// |---|---|
/// | `container.cpu.usage.total` | |
/// | `container.cpu.usage.usermode` | |
/// | `container.cpu.usage.kernelmode` | |
/// | `container.cpu.utilization` | |
/// | `container.memory.usage.total.bytes` | |
/// | `container.memory.usage.limit` | |
/// | `container.memory.percent` | |
/// | `container.memory.total_cache` | |
/// | `container.memory.file` | |
/// | `container.network.io.usage.rx_bytes` | `interface` |
/// | `container.network.io.usage.tx_bytes` | `interface` |
/// | `container.network.io.usage.rx_dropped` | `interface` |
/// | `container.network.io.usage.tx_dropped` | `interface` |
///
/// [`DockerRoles`] says what they measure. Processor times are in nanoseconds, and 100 is one
/// processor in `container.cpu.utilization`, whose unit is 1 as in the receiver. These differ from
/// the receiver:
///
/// * The container is in labels, and in the receiver in attributes of the resource, where its image
///   has the tag.
/// * The receiver's `container.memory.usage.total` has `bytes` at the end of its name in Prometheus
///   only; here it has also over OTLP, because `total` at the end is for counters.
/// * The unit of `container.memory.percent` is `%` and not 1, so that its name in Prometheus is
///   `container_memory_percent`, without `_ratio`.
/// * `container.blockio.io_service_bytes_recursive` is left out: the word of a unit ends a name.
///   [`DockerRoles::block_io`] is its role for a set of your own.
///
/// `osapi_docker_stats_sample_age_seconds` and `osapi_docker_stats_reading_errors_total` are of
/// this crate, and have no labels.
///
/// [`docker_stats`]: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/dockerstatsreceiver
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "",
    crate = "crate",
    allow(non_base_units, semconv_names),
    roles(of = DockerRoles),
)]
pub struct DockerStatsMetrics {
    /// Total CPU time consumed.
    #[metric(
        name = "container.cpu.usage.total",
        unit = "ns",
        max_series = 100_000,
        on = cpu_total,
    )]
    cpu_total: ObservableCounter<ContainerLabels>,

    /// Time spent by tasks of the cgroup in user mode.
    #[metric(
        name = "container.cpu.usage.usermode",
        unit = "ns",
        max_series = 100_000,
        on = cpu_user,
    )]
    cpu_user: ObservableCounter<ContainerLabels>,

    /// Time spent by tasks of the cgroup in kernel mode.
    #[metric(
        name = "container.cpu.usage.kernelmode",
        unit = "ns",
        max_series = 100_000,
        on = cpu_kernel,
    )]
    cpu_kernel: ObservableCounter<ContainerLabels>,

    /// Percent of CPU used by the container.
    #[metric(
        name = "container.cpu.utilization",
        unit = "1",
        max_series = 100_000,
        on = cpu_percent,
    )]
    cpu_percent: ObservableGauge<ContainerLabels>,

    /// Memory usage of the container. This excludes the cache.
    #[metric(
        name = "container.memory.usage.total.bytes",
        unit = "By",
        max_series = 100_000,
        on = memory_usage
    )]
    memory_usage: ObservableUpDownCounter<ContainerLabels>,

    /// Percentage of memory used.
    #[metric(
        name = "container.memory.percent",
        unit = "%",
        max_series = 100_000,
        on = memory_percent
    )]
    memory_percent: ObservableGauge<ContainerLabels>,

    /// Memory limit of the container.
    #[metric(
        name = "container.memory.usage.limit",
        unit = "By",
        max_series = 100_000,
        on = memory_limit,
    )]
    memory_limit: ObservableUpDownCounter<ContainerLabels>,

    /// Memory used by the container for files and tmpfs (cgroup v1).
    #[metric(
        name = "container.memory.total_cache",
        unit = "By",
        max_series = 100_000,
        on = memory_total_cache,
    )]
    memory_total_cache: ObservableUpDownCounter<ContainerLabels>,

    /// Memory used by the container for files and tmpfs (cgroup v2).
    #[metric(name = "container.memory.file", unit = "By", max_series = 100_000, on = memory_file)]
    memory_file: ObservableUpDownCounter<ContainerLabels>,

    /// Bytes received by the container.
    #[metric(
        name = "container.network.io.usage.rx_bytes",
        unit = "By",
        max_series = 5_000_000,
        on = network_received,
    )]
    network_received: ObservableCounter<InterfaceLabels>,

    /// Bytes sent.
    #[metric(
        name = "container.network.io.usage.tx_bytes",
        unit = "By",
        max_series = 5_000_000,
        on = network_sent,
    )]
    network_sent: ObservableCounter<InterfaceLabels>,

    /// Incoming packets dropped.
    #[metric(
        name = "container.network.io.usage.rx_dropped",
        unit = "{packets}",
        max_series = 5_000_000,
        on = network_received_dropped,
    )]
    network_received_dropped: ObservableCounter<InterfaceLabels>,

    /// Outgoing packets dropped.
    #[metric(
        name = "container.network.io.usage.tx_dropped",
        unit = "{packets}",
        max_series = 5_000_000,
        on = network_sent_dropped,
    )]
    network_sent_dropped: ObservableCounter<InterfaceLabels>,

    /// Time since the containers were read.
    #[metric(name = "osapi_docker_stats_sample_age_seconds", unit = "s", on = sample_age)]
    sample_age: ObservableGauge,

    /// Readings of containers that failed.
    #[metric(
        name = "osapi_docker_stats_reading_errors_total",
        unit = "{error}",
        on = reading_errors,
    )]
    reading_errors: Counter,
}
