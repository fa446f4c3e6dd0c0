//! The process, as the operating system reports it: processor time, memory, threads, file
//! descriptors. For Linux.
//!
//! One line is enough; [`ProcessMetrics`] lists the metrics:
//!
//! ```
//! use osapi_metrics::instrumentation::process;
//!
//! # #[cfg(target_os = "linux")]
//! process::observe()?.keep();
//! # Ok::<(), process::ProcessError>(())
//! ```
//!
//! All values are read when metrics are collected: a collection reads `/proc/self/stat` once and
//! makes three calls of the system. On a kernel before 6.2, counting the file descriptors takes
//! longer the more of them are open.
//!
//! The file is opened once, and its descriptor is kept: a process that has no file descriptors left
//! reports its metrics still.
//!
//! On other systems the crate compiles, and [`observe()`] returns [`ProcessError::Unsupported`].
//!
//! # Values that are missing
//!
//! A value that cannot be read is absent. The failure is counted in
//! `process_reading_errors_total`, and logged when it begins and when it ends. A limit of file
//! descriptors that is infinite is absent.
//!
//! # The heap of the allocator
//!
//! The system does not know how much of the memory the program has allocated. Allocators such as
//! jemalloc and mimalloc do, and [`ProcessOptions::heap`] takes a closure that asks them:
//!
//! ```
//! use osapi_metrics::instrumentation::process::{HeapUsage, ProcessOptions};
//!
//! # mod jemalloc {
//! #     pub mod stats {
//! #         pub fn allocated() -> Option<u64> { Some(1) }
//! #         pub fn resident() -> Option<u64> { Some(2) }
//! #     }
//! # }
//! # use jemalloc::stats;
//! let options = ProcessOptions::new()
//!     .heap(|| Some(HeapUsage { used: stats::allocated()?, size: stats::resident()? }));
//! # #[cfg(target_os = "linux")]
//! options.observe()?.keep();
//! # Ok::<(), osapi_metrics::instrumentation::process::ProcessError>(())
//! ```
//!
//! # Names of your own
//!
//! A set of the service names the [`ProcessRoles`] that it shows:
//!
//! ```
//! use osapi_metrics::{
//!     LabelSet, MetricSet, ObservableCounter, ObservableGauge,
//!     instrumentation::process::{self, CpuMode, MemoryType, ProcessRoles},
//!     roles::RoleLabels,
//! };
//!
//! #[derive(LabelSet)]
//! struct MemoryLabels {
//!     #[label(key = "type")]
//!     memory_type: MemoryType,
//! }
//!
//! impl RoleLabels<(), MemoryType> for MemoryLabels {
//!     fn role_labels((): &(), memory_type: &MemoryType) -> Self {
//!         Self { memory_type: *memory_type }
//!     }
//! }
//!
//! /// The process of the service.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = ProcessRoles))]
//! struct ShopProcess {
//!     /// Memory of the process: `heap`, `heap_total` and `rss`.
//!     #[metric(unit = "By", on = memory_by_type)]
//!     memory_usage_bytes: ObservableGauge<MemoryLabels, u64>,
//!     /// Processor time of the process.
//!     #[metric(unit = "s", on = cpu_time)]
//!     cpu_seconds_total: ObservableCounter<(), f64>,
//! }
//!
//! # #[cfg(target_os = "linux")]
//! process::observe_in::<ShopProcess>(&())?.keep();
//! # Ok::<(), process::ProcessError>(())
//! ```
//!
//! The metric without labels shows the sum of both modes of the processor time, because
//! observations of one series of a counter are added up.

mod error;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
mod observe;
mod reading;
mod roles;
#[cfg(not(target_os = "linux"))]
mod unsupported;

pub use {
    error::ProcessError,
    metrics::ProcessMetrics,
    observe::{HeapUsage, ProcessOptions, observe, observe_in},
    roles::{ContextSwitch, CpuMode, MemoryType, PageFault, ProcessRoles},
};

#[cfg(target_os = "linux")]
use linux::ProcFiles;
#[cfg(not(target_os = "linux"))]
use unsupported::ProcFiles;
