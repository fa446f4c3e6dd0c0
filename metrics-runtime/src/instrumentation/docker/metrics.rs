//! The metric set with the names of OpenTelemetry's conventions.

use super::{
    DockerRoles,
    labels::{ContainerLabels, CpuLabels, DiskLabels, NetworkLabels},
};
use crate::{Counter, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter};

/// The containers of an engine, with the names of OpenTelemetry's [semantic conventions for
/// containers].
///
/// | metric | labels, beside `container.name` and `container.image.name` | meaning |
/// |---|---|---|
/// | `container.cpu.time` | `cpu.mode`: `user`, `kernel` | processor time that the container has used |
/// | `container.cpu.usage` | | processors in use since the last sample |
/// | `container.memory.usage` | | memory in use, without the file cache that the kernel can drop |
/// | `container.network.io` | `network.interface.name`, `network.io.direction` | bytes received and sent |
/// | `container.disk.io` | `system.device`, `disk.io.direction` | bytes read and written |
/// | `container.uptime` | | time since the container was started |
/// | `osapi_docker_memory_limit_bytes` | | the limit of the memory, or the machine's memory |
///
/// Without labels of a container:
///
/// | metric | meaning |
/// |---|---|
/// | `osapi_docker_sample_age_seconds` | time since the last sample |
/// | `osapi_docker_reading_errors_total` | readings that failed |
///
/// `container.image.name` has no tag, so that a new version of an image goes on in the same series.
/// `system.device` is the pair of numbers that the engine reports, such as `8:0`. Names beyond 500
/// and images beyond 200 [share the overflow series](super#many-containers).
///
/// In the conventions `container.memory.usage` is a counter, which memory is not; here it is an
/// up-down counter, as `process.memory.usage` is.
///
/// [semantic conventions for containers]: https://opentelemetry.io/docs/specs/semconv/system/container-metrics/
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "",
    crate = "crate",
    allow(semconv_names),
    roles(of = DockerRoles),
)]
pub struct ContainerMetrics {
    /// Total CPU time consumed.
    #[metric(
        name = "container.cpu.time",
        unit = "s",
        max_series = 200_000,
        on = cpu_time,
        absent_until = "a container runs",
    )]
    cpu_time: ObservableCounter<CpuLabels, f64>,

    /// Container's CPU usage, measured in cpus.
    #[metric(
        name = "container.cpu.usage",
        unit = "{cpu}",
        max_series = 100_000,
        on = cpu_usage,
        absent_until = "a container runs",
    )]
    cpu_usage: ObservableGauge<ContainerLabels>,

    /// Memory usage of the container.
    #[metric(
        name = "container.memory.usage",
        unit = "By",
        max_series = 100_000,
        on = memory_usage,
        absent_until = "a container runs",
    )]
    memory_usage: ObservableUpDownCounter<ContainerLabels>,

    /// Network bytes for the container.
    #[metric(
        name = "container.network.io",
        unit = "By",
        max_series = 10_000_000,
        on = network_io,
        absent_until = "a container with a network runs",
    )]
    network_io: ObservableCounter<NetworkLabels>,

    /// Disk bytes for the container.
    #[metric(
        name = "container.disk.io",
        unit = "By",
        max_series = 20_000_000,
        on = disk_io,
        absent_until = "a container has read or written a disk",
    )]
    disk_io: ObservableCounter<DiskLabels>,

    /// The time the container has been running.
    #[metric(
        name = "container.uptime",
        unit = "s",
        max_series = 100_000,
        on = uptime,
        absent_until = "a container runs",
    )]
    uptime: ObservableGauge<ContainerLabels>,

    /// Limit of the memory of the container, or the memory of the machine.
    #[metric(
        name = "osapi_docker_memory_limit_bytes",
        unit = "By",
        max_series = 100_000,
        on = memory_limit,
        absent_until = "a container runs",
    )]
    memory_limit: ObservableUpDownCounter<ContainerLabels>,

    /// Time since the containers were read.
    #[metric(
        name = "osapi_docker_sample_age_seconds",
        unit = "s",
        on = sample_age,
        absent_until = "an engine has answered",
    )]
    sample_age: ObservableGauge,

    /// Readings of containers that failed.
    #[metric(name = "osapi_docker_reading_errors_total", unit = "{error}", on = reading_errors)]
    reading_errors: Counter,
}
