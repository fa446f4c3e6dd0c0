/// Declares a set with the names of the receiver `hostmetrics` of OpenTelemetry's Collector.
///
/// The argument is documentation, visibility and name of the set:
/// `collector_set!(pub struct CollectorHostMetrics;)`. [`collector`](super::super::collector) has
/// its metrics, an example, and the reason why the program declares it. The program has this crate
/// under its own name, `osapi_metrics`.
#[macro_export]
#[doc(hidden)]
macro_rules! __collector_host_set {
    ($(#[$doc:meta])* $visibility:vis struct $set:ident;) => {
        $(#[$doc])*
        #[derive(Debug, $crate::MetricSet)]
        #[metric_set(
            prefix = "",
            roles(of = $crate::instrumentation::host::HostRoles),
            allow(semconv_names)
        )]
        $visibility struct $set {
            /// Total seconds each logical CPU spent on each mode.
            #[metric(name = "system.cpu.time", unit = "s", on = cpu_time_by_processor, max_series = 8192)]
            cpu_time: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorCpuLabels,
                f64,
            >,

            /// Share of the time of each logical CPU in each mode since an earlier collection.
            #[metric(
                name = "system.cpu.utilization",
                unit = "1",
                on = cpu_utilization_by_processor, max_series = 8192
            )]
            cpu_utilization: $crate::ObservableGauge<
                $crate::instrumentation::host::collector::CollectorCpuLabels,
            >,

            /// Number of available logical CPUs.
            #[metric(name = "system.cpu.logical.count", unit = "{cpu}", on = cpu_logical_count)]
            cpu_logical_count: $crate::ObservableUpDownCounter,

            /// Average CPU Load over 1 minute.
            #[metric(name = "system.cpu.load_average.1m", unit = "{thread}", on = load_average_1m)]
            load_average_1m: $crate::ObservableGauge,

            /// Average CPU Load over 5 minutes.
            #[metric(name = "system.cpu.load_average.5m", unit = "{thread}", on = load_average_5m)]
            load_average_5m: $crate::ObservableGauge,

            /// Average CPU Load over 15 minutes.
            #[metric(
                name = "system.cpu.load_average.15m",
                unit = "{thread}",
                on = load_average_15m
            )]
            load_average_15m: $crate::ObservableGauge,

            /// Bytes of memory in use.
            #[metric(name = "system.memory.usage", unit = "By", on = memory_parts)]
            memory_usage: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::collector::CollectorMemoryLabels,
            >,

            /// Share of memory bytes in use.
            #[metric(name = "system.memory.utilization", unit = "1", on = memory_part_ratio)]
            memory_utilization: $crate::ObservableGauge<
                $crate::instrumentation::host::collector::CollectorMemoryLabels,
            >,

            /// Swap usage.
            #[metric(name = "system.paging.usage", unit = "By", on = swap_usage)]
            swap_usage: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::collector::CollectorSwapLabels,
            >,

            /// Disk bytes transferred.
            #[metric(name = "system.disk.io", unit = "By", on = disk_io)]
            disk_io: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDiskLabels,
            >,

            /// Disk operations count.
            #[metric(name = "system.disk.operations", unit = "{operations}", on = disk_operations)]
            disk_operations: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDiskLabels,
            >,

            /// Time disk spent activated.
            #[metric(name = "system.disk.io_time", unit = "s", on = disk_io_time)]
            disk_io_time: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDeviceLabels,
                f64,
            >,

            /// Time spent in disk operations.
            #[metric(name = "system.disk.operation_time", unit = "s", on = disk_operation_time)]
            disk_operation_time: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDiskLabels,
                f64,
            >,

            /// Time disk spent activated multiplied by the queue length.
            #[metric(name = "system.disk.weighted_io_time", unit = "s", on = disk_weighted_io_time)]
            disk_weighted_io_time: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDeviceLabels,
                f64,
            >,

            /// The queue size of pending I/O operations.
            #[metric(
                name = "system.disk.pending_operations",
                unit = "{operations}",
                on = disk_pending_operations
            )]
            disk_pending_operations: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::collector::CollectorDeviceLabels,
            >,

            /// The number of disk reads/writes merged into single physical disk access operations.
            #[metric(name = "system.disk.merged", unit = "{operations}", on = disk_merged)]
            disk_merged: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorDiskLabels,
            >,

            /// Filesystem bytes used.
            #[metric(name = "system.filesystem.usage", unit = "By", on = filesystem_usage, max_series = 600_000)]
            filesystem_usage: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::collector::CollectorFilesystemSpaceLabels,
            >,

            /// FileSystem inodes used.
            #[metric(
                name = "system.filesystem.inodes.usage",
                unit = "{inodes}",
                on = filesystem_inodes, max_series = 600_000
            )]
            filesystem_inodes: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::collector::CollectorFilesystemSpaceLabels,
            >,

            /// Fraction of filesystem bytes used.
            #[metric(name = "system.filesystem.utilization", unit = "1", on = filesystem_used_ratio, max_series = 200_000)]
            filesystem_utilization: $crate::ObservableGauge<
                $crate::instrumentation::host::collector::CollectorFilesystemLabels,
            >,

            /// The number of bytes transmitted and received.
            #[metric(name = "system.network.io", unit = "By", on = network_io)]
            network_io: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorInterfaceLabels,
            >,

            /// The number of packets transferred.
            #[metric(name = "system.network.packets", unit = "{packets}", on = network_packets)]
            network_packets: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorInterfaceLabels,
            >,

            /// The number of packets dropped.
            #[metric(name = "system.network.dropped", unit = "{packets}", on = network_dropped)]
            network_dropped: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorInterfaceLabels,
            >,

            /// The number of errors encountered.
            #[metric(name = "system.network.errors", unit = "{errors}", on = network_errors)]
            network_errors: $crate::ObservableCounter<
                $crate::instrumentation::host::collector::CollectorInterfaceLabels,
            >,

            /// The time the system has been running.
            #[metric(name = "system.uptime", unit = "s", on = uptime)]
            uptime: $crate::ObservableGauge,

            /// Time in which some or all tasks waited for a resource.
            #[metric(name = "osapi_host_pressure_seconds_total", unit = "s", on = pressure_time)]
            pressure_time: $crate::ObservableCounter<
                $crate::instrumentation::host::PressureLabels,
                f64,
            >,

            /// Space of the file system where a path is.
            #[metric(name = "osapi_host_path_usage_bytes", unit = "By", on = path_usage)]
            path_usage: $crate::ObservableUpDownCounter<
                $crate::instrumentation::host::PathLabels,
            >,

            /// Time since the file systems were asked.
            #[metric(
                name = "osapi_host_filesystem_sample_age_seconds",
                unit = "s",
                on = filesystem_sample_age
            )]
            filesystem_sample_age: $crate::ObservableGauge,

            /// Readings of the metrics of the host that failed.
            #[metric(
                name = "osapi_host_reading_errors_total",
                unit = "{error}",
                on = reading_errors
            )]
            reading_errors: $crate::Counter,
        }
    };
}
