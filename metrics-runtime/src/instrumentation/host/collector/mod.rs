//! The names of the receiver `hostmetrics` of OpenTelemetry's Collector, so that boards that were
//! made for it work.
//!
//! The receiver has kept names that the semantic conventions have given up: `system.cpu.time` has
//! the labels `cpu` and `state` there, and `cpu.mode` in the conventions. One program cannot have
//! both, for a metric has one set of labels. So the receiver's names are a set that the program
//! declares, with [`collector_set!`](super::collector_set):
//!
//! ```standalone_crate
//! use osapi_metrics::instrumentation::host::{self, collector_set};
//!
//! collector_set! {
//!     /// The host, with the names of the Collector's receiver.
//!     pub(crate) struct CollectorHostMetrics;
//! }
//!
//! # #[cfg(target_os = "linux")]
//! host::observe_in::<CollectorHostMetrics>(&())?.keep();
//! # Ok::<(), host::HostError>(())
//! ```
//!
//! It is then a set of the program like any other: its metrics are exported, and those that
//! [`HostMetrics`] has under the same names are left out of everything. A program that declares the
//! set observes it, and does not call [`observe()`](super::observe()).
//!
//! | metric | unit | labels |
//! |---|---|---|
//! | `system.cpu.time` | `s` | `cpu`, `state` |
//! | `system.cpu.utilization` | `1` | `cpu`, `state` |
//! | `system.cpu.logical.count` | `{cpu}` | |
//! | `system.cpu.load_average.1m` | `{thread}` | |
//! | `system.cpu.load_average.5m` | `{thread}` | |
//! | `system.cpu.load_average.15m` | `{thread}` | |
//! | `system.memory.usage` | `By` | `state` |
//! | `system.memory.utilization` | `1` | `state` |
//! | `system.paging.usage` | `By` | `state` |
//! | `system.disk.io` | `By` | `device`, `direction` |
//! | `system.disk.operations` | `{operations}` | `device`, `direction` |
//! | `system.disk.io_time` | `s` | `device` |
//! | `system.disk.operation_time` | `s` | `device`, `direction` |
//! | `system.disk.weighted_io_time` | `s` | `device` |
//! | `system.disk.pending_operations` | `{operations}` | `device` |
//! | `system.disk.merged` | `{operations}` | `device`, `direction` |
//! | `system.filesystem.usage` | `By` | `device`, `mode`, `mountpoint`, `type`, `state` |
//! | `system.filesystem.inodes.usage` | `{inodes}` | `device`, `mode`, `mountpoint`, `type`, `state` |
//! | `system.filesystem.utilization` | `1` | `device`, `mode`, `mountpoint`, `type` |
//! | `system.network.io` | `By` | `device`, `direction` |
//! | `system.network.packets` | `{packets}` | `device`, `direction` |
//! | `system.network.dropped` | `{packets}` | `device`, `direction` |
//! | `system.network.errors` | `{errors}` | `device`, `direction` |
//! | `system.uptime` | `s` | |
//! | `osapi_host_pressure_seconds_total` | `s` | `resource`, `stall` |
//! | `osapi_host_path_usage_bytes` | `By` | `path`, `state` |
//! | `osapi_host_filesystem_sample_age_seconds` | `s` | |
//! | `osapi_host_reading_errors_total` | `{error}` | |
//!
//! The last four are of this crate, as in [`HostMetrics`]. Differences from the receiver:
//!
//! * `system.paging.usage` has no label `device`: all swap areas are one.
//! * Partitions are left out, and so are the devices and interfaces that [`HostOptions`] excludes.
//!   The receiver shows them.
//! * A device that is mounted in several folders is shown in one of them.
//! * There are no `system.paging.faults`, `system.paging.operations`, `system.network.connections`
//!   and `system.processes.count`: each reads many files, or a long one.
//!
//! [`HostMetrics`]: super::HostMetrics
//! [`HostOptions`]: super::HostOptions

mod labels;
mod set;

pub use labels::{
    CollectorCpuLabels, CollectorDeviceLabels, CollectorDiskLabels, CollectorFilesystemLabels,
    CollectorFilesystemSpaceLabels, CollectorInterfaceLabels, CollectorMemoryLabels,
    CollectorSwapLabels,
};
