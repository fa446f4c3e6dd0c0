//! The metric set that comes with the instrumentation, declared as in any other crate.

use super::{
    HostRoles,
    labels::{
        CpuLabels, DeviceLabels, DiskLabels, FilesystemLabels, FilesystemSpaceLabels,
        InterfaceLabels, MemoryLabels, PacketLabels, PathLabels, PressureLabels, SlabLabels,
        SwapLabels,
    },
};
use crate::{Counter, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter};

/// The host.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `system.cpu.time` | `cpu.mode` | time of all processors |
/// | `system.cpu.utilization` | `cpu.mode` | shares of that time since an earlier collection |
/// | `system.cpu.logical.count` | | processors that are online |
/// | `system.cpu.load_average.1m`, `.5m`, `.15m` | | tasks that run, are ready, or wait for disks |
/// | `system.memory.usage`, `.utilization` | `system.memory.state` | memory and its shares |
/// | `system.memory.limit` | | all memory |
/// | `system.memory.linux.available` | | memory that programs can have without swapping |
/// | `system.memory.linux.slab.usage` | `system.memory.linux.slab.state` | memory of the kernel's slabs |
/// | `system.paging.usage` | `system.paging.state` | swap space |
/// | `system.disk.io`, `.operations`, `.operation_time`, `.merged` | `system.device`, `disk.io.direction` | reads and writes |
/// | `system.disk.io_time` | `system.device` | time in which the device had something to do |
/// | `system.filesystem.usage`, `.utilization` | `system.filesystem.state`, and those of `.limit` | space and its shares |
/// | `system.filesystem.limit` | `system.device`, `system.filesystem.mode`, `.mountpoint`, `.type` | all space |
/// | `system.network.io`, `.errors`, `.packet.dropped` | `network.interface.name`, `network.io.direction` | traffic |
/// | `system.network.packet.count` | `system.device`, `network.io.direction` | packets |
/// | `system.uptime` | | time since the host was started |
/// | `osapi_host_pressure_seconds_total` | `resource`, `stall` | time in which tasks waited for `cpu`, `io` or `memory` |
/// | `osapi_host_path_usage_bytes` | `path`, `state` | space at a [path](super::HostOptions::path) |
/// | `osapi_host_filesystem_sample_age_seconds` | | time since the file systems were asked |
/// | `osapi_host_reading_errors_total` | | readings that failed |
///
/// Names that begin with `system` are of OpenTelemetry's [semantic conventions for systems], except
/// the load averages, which the conventions leave open and which have the names of the Collector's
/// receiver. The others are of this crate. 100 devices, interfaces and file systems have series of
/// their own.
///
/// [semantic conventions for systems]: https://opentelemetry.io/docs/specs/semconv/system/system-metrics/
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", roles(of = HostRoles), allow(semconv_names), crate = "crate")]
pub struct HostMetrics {
    /// Seconds all logical CPUs spent on each mode.
    #[metric(name = "system.cpu.time", unit = "s", on = cpu_time)]
    cpu_time: ObservableCounter<CpuLabels, f64>,

    /// Share of the time of all logical CPUs that was spent on each mode since an earlier
    /// collection.
    #[metric(name = "system.cpu.utilization", unit = "1", on = cpu_utilization)]
    cpu_utilization: ObservableGauge<CpuLabels>,

    /// Logical processors that are online.
    #[metric(name = "system.cpu.logical.count", unit = "{cpu}", on = cpu_logical_count)]
    cpu_logical_count: ObservableUpDownCounter,

    /// Average CPU Load over 1 minute.
    #[metric(name = "system.cpu.load_average.1m", unit = "{thread}", on = load_average_1m)]
    load_average_1m: ObservableGauge,

    /// Average CPU Load over 5 minutes.
    #[metric(name = "system.cpu.load_average.5m", unit = "{thread}", on = load_average_5m)]
    load_average_5m: ObservableGauge,

    /// Average CPU Load over 15 minutes.
    #[metric(name = "system.cpu.load_average.15m", unit = "{thread}", on = load_average_15m)]
    load_average_15m: ObservableGauge,

    /// Memory by state.
    #[metric(name = "system.memory.usage", unit = "By", on = memory_usage)]
    memory_usage: ObservableUpDownCounter<MemoryLabels>,

    /// Share of each state in all memory.
    #[metric(name = "system.memory.utilization", unit = "1", on = memory_utilization)]
    memory_utilization: ObservableGauge<MemoryLabels>,

    /// All memory of the system.
    #[metric(name = "system.memory.limit", unit = "By", on = memory_limit)]
    memory_limit: ObservableUpDownCounter,

    /// Memory that programs can have without swapping, as the kernel estimates it.
    #[metric(name = "system.memory.linux.available", unit = "By", on = memory_available)]
    memory_available: ObservableUpDownCounter,

    /// Memory of the caches that the kernel has of objects that it often needs.
    #[metric(name = "system.memory.linux.slab.usage", unit = "By", on = memory_slab)]
    memory_slab: ObservableUpDownCounter<SlabLabels>,

    /// Swap space by state.
    #[metric(name = "system.paging.usage", unit = "By", on = swap_usage)]
    swap_usage: ObservableUpDownCounter<SwapLabels>,

    /// Disk bytes transferred.
    #[metric(name = "system.disk.io", unit = "By", on = disk_io)]
    disk_io: ObservableCounter<DiskLabels>,

    /// Disk operations that have ended.
    #[metric(name = "system.disk.operations", unit = "{operation}", on = disk_operations)]
    disk_operations: ObservableCounter<DiskLabels>,

    /// Time in which the disk had something to do.
    #[metric(name = "system.disk.io_time", unit = "s", on = disk_io_time)]
    disk_io_time: ObservableCounter<DeviceLabels, f64>,

    /// Sum of the time each operation took to complete.
    #[metric(name = "system.disk.operation_time", unit = "s", on = disk_operation_time)]
    disk_operation_time: ObservableCounter<DiskLabels, f64>,

    /// Disk operations that were merged into others.
    #[metric(name = "system.disk.merged", unit = "{operation}", on = disk_merged)]
    disk_merged: ObservableCounter<DiskLabels>,

    /// Space of the filesystem by state.
    #[metric(name = "system.filesystem.usage", unit = "By", on = filesystem_usage, max_series = 600_000)]
    filesystem_usage: ObservableUpDownCounter<FilesystemSpaceLabels>,

    /// Share of each state in the space of the filesystem.
    #[metric(name = "system.filesystem.utilization", unit = "1", on = filesystem_utilization, max_series = 600_000)]
    filesystem_utilization: ObservableGauge<FilesystemSpaceLabels>,

    /// The total storage capacity of the filesystem.
    #[metric(name = "system.filesystem.limit", unit = "By", on = filesystem_limit, max_series = 200_000)]
    filesystem_limit: ObservableUpDownCounter<FilesystemLabels>,

    /// The number of bytes transmitted and received.
    #[metric(name = "system.network.io", unit = "By", on = network_io)]
    network_io: ObservableCounter<InterfaceLabels>,

    /// The number of packets transferred.
    #[metric(name = "system.network.packet.count", unit = "{packet}", on = network_packets)]
    network_packets: ObservableCounter<PacketLabels>,

    /// Count of packets that are dropped or discarded even though there was no error.
    #[metric(name = "system.network.packet.dropped", unit = "{packet}", on = network_dropped)]
    network_dropped: ObservableCounter<InterfaceLabels>,

    /// Count of network errors detected.
    #[metric(name = "system.network.errors", unit = "{error}", on = network_errors)]
    network_errors: ObservableCounter<InterfaceLabels>,

    /// The time the system has been running.
    #[metric(name = "system.uptime", unit = "s", on = uptime)]
    uptime: ObservableGauge,

    /// Time in which some or all tasks waited for a resource.
    #[metric(name = "osapi_host_pressure_seconds_total", unit = "s", on = pressure_time)]
    pressure_time: ObservableCounter<PressureLabels, f64>,

    /// Space of the file system where a path is.
    #[metric(name = "osapi_host_path_usage_bytes", unit = "By", on = path_usage)]
    path_usage: ObservableUpDownCounter<PathLabels>,

    /// Time since the file systems were asked.
    #[metric(
        name = "osapi_host_filesystem_sample_age_seconds",
        unit = "s",
        on = filesystem_sample_age
    )]
    filesystem_sample_age: ObservableGauge,

    /// Readings of the metrics of the host that failed.
    #[metric(name = "osapi_host_reading_errors_total", unit = "{error}", on = reading_errors)]
    reading_errors: Counter,
}
