//! The host, as Linux reports it: processors, memory, disks, file systems, network, pressure.
//!
//! One line is enough; [`HostMetrics`] lists the metrics:
//!
//! ```
//! use osapi_metrics::instrumentation::host;
//!
//! # #[cfg(target_os = "linux")]
//! host::observe()?.keep();
//! # Ok::<(), host::HostError>(())
//! ```
//!
//! Files of `/proc` are read when metrics are collected, each once for a collection, and stay open.
//! A file that no metric of the set needs is not read. On other systems the crate compiles, and
//! [`observe()`] returns [`HostError::Unsupported`].
//!
//! # Values that are missing
//!
//! A value that cannot be read is absent: neither 0 nor the last one. The failure is counted in
//! `osapi_host_reading_errors_total`, and logged when it begins and when it ends. A file that is
//! missing, empty, cut or garbled leaves the values of the other files as they are. Only a host
//! without a readable `/proc/stat` is an error of [`observe()`], with the name of the file. A
//! kernel that does not measure pressure is not a failure.
//!
//! # Shares of time
//!
//! `system.cpu.utilization` is the share since the last collection that is at least a second ago;
//! at the first collection, since the beginning of the observation. In the first second it is
//! absent. With several exporters, each of them ends the interval of the others.
//!
//! # File systems
//!
//! A file system can hang when it is asked for its space. So a thread asks them, every
//! [30 seconds](HostOptions::interval) at most, and a collection shows the last answer; the metric
//! `osapi_host_filesystem_sample_age_seconds` says how old it is. An answer that takes three
//! intervals is a failure, and the values are absent until it comes.
//!
//! File systems on devices of the host are shown, each once. Those of other servers, such as NFS,
//! and those in memory are not: [`HostOptions::path`] shows the space at a path, whatever is
//! mounted there, and has a thread of its own for each.
//!
//! # Devices and interfaces
//!
//! Partitions are left out, and so are the names in [`HostOptions::EXCLUDED_DEVICES`] and
//! [`HostOptions::EXCLUDED_INTERFACES`], for a host of containers makes interfaces all the time.
//! The Collector's receiver `hostmetrics` leaves none out without configuration, and
//! `node_exporter` leaves out partitions, loop devices and RAM disks.
//!
//! # In a container
//!
//! `/proc` of a container shows the processors and the memory of the host, and the network and the
//! file systems of the container. To see those of the host, mount its root, or its `/proc` and
//! `/sys`, read-only:
//!
//! ```no_run
//! use osapi_metrics::instrumentation::host::HostOptions;
//!
//! HostOptions::new().root("/host").observe()?.keep();
//! // The variables HOST_ROOT, HOST_PROC and HOST_SYS, as for the Collector.
//! HostOptions::from_environment().observe()?.keep();
//! # Ok::<(), osapi_metrics::instrumentation::host::HostError>(())
//! ```
//!
//! There, network and file systems are those of the first process of the host.
//!
//! # Names of the Collector
//!
//! [`collector_set!`] declares a set with the names of the Collector's receiver `hostmetrics`; see
//! [`collector`].
//!
//! # Names of your own
//!
//! A set of the service names the [`HostRoles`] that it shows. A counter without labels is the sum
//! of what it observes; for disks and interfaces, which come and go, there are roles for sums that
//! do not shrink:
//!
//! ```standalone_crate
//! use osapi_metrics::{
//!     LabelSet, MetricSet, ObservableCounter, ObservableGauge,
//!     instrumentation::host::{HostOptions, HostRoles, PathSpace, SpaceState},
//!     roles::RoleLabels,
//! };
//!
//! #[derive(LabelSet)]
//! struct PathLabels {
//!     #[label(max = 10)]
//!     path: String,
//!     #[label(key = "type")]
//!     state: SpaceState,
//! }
//!
//! impl RoleLabels<(), PathSpace> for PathLabels {
//!     fn role_labels((): &(), space: &PathSpace) -> Self {
//!         Self { path: space.path.to_string(), state: space.state }
//!     }
//! }
//!
//! /// The machine of the service.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "", roles(of = HostRoles), allow(semconv_names))]
//! struct WorkerHost {
//!     /// Share of the processors that is busy.
//!     #[metric(name = "system.cpu.utilization", unit = "1", on = cpu_busy)]
//!     cpu: ObservableGauge,
//!     /// Share of memory that is used.
//!     #[metric(name = "system.memory.utilization", unit = "1", on = memory_used_ratio)]
//!     memory: ObservableGauge,
//!     /// Bytes read and written.
//!     #[metric(name = "system.disk.io", unit = "By", on = disk_io_sum)]
//!     disk_io: ObservableCounter,
//!     /// Bytes received and transmitted.
//!     #[metric(name = "system.network.io", unit = "By", on = network_io_sum)]
//!     network_io: ObservableCounter,
//!     /// Space of the work folder.
//!     #[metric(name = "disk_usage_bytes", unit = "By", on = path_usage)]
//!     disk_usage: ObservableGauge<PathLabels, u64>,
//! }
//!
//! # #[cfg(target_os = "linux")]
//! HostOptions::new().path("/tmp").observe_in::<WorkerHost>(&())?.keep();
//! # Ok::<(), osapi_metrics::instrumentation::host::HostError>(())
//! ```

mod contexts;
mod error;
mod labels;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
mod needs;
mod observation;
mod options;
mod patterns;
mod reading;
mod roles;
mod settings;
#[cfg(not(target_os = "linux"))]
mod unsupported;

pub mod collector;

pub use {
    contexts::{
        CpuMode, Device, Disk, DiskDirection, Filesystem, FilesystemSpace, FilesystemState,
        Interface, MemoryPart, MemoryState, NetworkDirection, PathSpace, Pressure,
        PressureResource, Processor, SlabState, SpaceState, Stall,
    },
    error::HostError,
    labels::{PathLabels, PressureLabels},
    metrics::HostMetrics,
    options::{HostOptions, observe, observe_in},
    roles::HostRoles,
};

#[doc(inline)]
pub use crate::__collector_host_set as collector_set;

#[cfg(target_os = "linux")]
use linux::{FilesystemReader, Kernel, read_space};
#[cfg(not(target_os = "linux"))]
use unsupported::{FilesystemReader, Kernel, read_space};
