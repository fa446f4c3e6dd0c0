//! The metric set and its labels, declared as in any other crate.

use super::{ContextSwitch, CpuMode, PageFault, ProcessRoles};
use crate::{
    Counter, LabelSet, MetricSet, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
    roles::RoleLabels,
};

/// The process.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `process.cpu.time` | `cpu.mode`: `user`, `system` | processor time that all threads have used |
/// | `process.memory.usage` | | physical memory in use |
/// | `process.memory.virtual` | | virtual memory in use |
/// | `process.thread.count` | | threads |
/// | `process.unix.file_descriptor.count` | | file descriptors that are open |
/// | `process.uptime` | | time since the process began |
/// | `process.context_switches` | `process.context_switch.type`: `voluntary`, `involuntary` | context switches of all threads |
/// | `process.paging.faults` | `system.paging.fault.type`: `major`, `minor` | page faults |
/// | `process_max_fds` | | the most file descriptors that may be open |
/// | `process_heap_used_bytes` | | what the program has allocated, by [`ProcessOptions::heap`] |
/// | `process_heap_size_bytes` | | what the allocator has of the system, by [`ProcessOptions::heap`] |
/// | `process_reading_errors_total` | | readings that failed |
///
/// Names and labels with dots are of OpenTelemetry's [semantic conventions for processes].
/// `process_max_fds` is the name that clients of Prometheus use. The others are of this crate.
///
/// [`ProcessOptions::heap`]: super::ProcessOptions::heap
/// [semantic conventions for processes]: https://opentelemetry.io/docs/specs/semconv/system/process-metrics/
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "process",
    roles(of = ProcessRoles),
    allow(semconv_names),
    crate = "crate"
)]
pub struct ProcessMetrics {
    /// Processor time that the process has used.
    #[metric(name = "process.cpu.time", unit = "s", on = cpu_time)]
    cpu_time: ObservableCounter<CpuLabels, f64>,

    /// Physical memory that the process uses.
    #[metric(name = "process.memory.usage", unit = "By", on = memory_usage)]
    memory_usage: ObservableUpDownCounter,

    /// Virtual memory that the process uses.
    #[metric(name = "process.memory.virtual", unit = "By", on = memory_virtual)]
    memory_virtual: ObservableUpDownCounter,

    /// Threads of the process.
    #[metric(name = "process.thread.count", unit = "{thread}", on = thread_count)]
    thread_count: ObservableUpDownCounter,

    /// File descriptors that the process has open.
    #[metric(
        name = "process.unix.file_descriptor.count",
        unit = "{file_descriptor}",
        on = file_descriptor_count
    )]
    file_descriptor_count: ObservableUpDownCounter,

    /// Time since the process began.
    #[metric(name = "process.uptime", unit = "s", on = uptime)]
    uptime: ObservableGauge,

    /// Context switches of the threads of the process.
    #[metric(name = "process.context_switches", unit = "{context_switch}", on = context_switches)]
    context_switches: ObservableCounter<ContextSwitchLabels>,

    /// Page faults of the process.
    #[metric(name = "process.paging.faults", unit = "{fault}", on = paging_faults)]
    paging_faults: ObservableCounter<PageFaultLabels>,

    /// The most file descriptors that the process may have open.
    #[metric(name = "process_max_fds", unit = "{file_descriptor}", on = file_descriptor_limit)]
    file_descriptor_limit: ObservableGauge<(), u64>,

    /// Memory that the program has allocated, as the allocator reports it.
    #[metric(
        name = "process_heap_used_bytes",
        unit = "By",
        on = heap_used,
        absent_until = "the program reports what its allocator has",
    )]
    heap_used: ObservableUpDownCounter,

    /// Memory that the allocator has of the system, as the allocator reports it.
    #[metric(
        name = "process_heap_size_bytes",
        unit = "By",
        on = heap_size,
        absent_until = "the program reports what its allocator has",
    )]
    heap_size: ObservableUpDownCounter,

    /// Readings of the metrics of the process that failed.
    #[metric(name = "process_reading_errors_total", unit = "{error}", on = reading_errors)]
    reading_errors: Counter,
}

/// A label set with the context of a role as its only label.
macro_rules! labels {
    ($($(#[$label:meta])* $set:ident { $field:ident: $value:ty })*) => {$(
        #[derive(LabelSet)]
        #[label(crate = "crate", allow(semconv_names))]
        struct $set {
            $(#[$label])*
            $field: $value,
        }

        impl RoleLabels<(), $value> for $set {
            fn role_labels((): &(), $field: &$value) -> Self {
                Self { $field: *$field }
            }
        }
    )*};
}
labels! {
    #[label(key = "cpu.mode")]
    CpuLabels { mode: CpuMode }
    #[label(key = "process.context_switch.type")]
    ContextSwitchLabels { switch: ContextSwitch }
    #[label(key = "system.paging.fault.type")]
    PageFaultLabels { fault: PageFault }
}
