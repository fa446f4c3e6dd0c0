use crate::{
    LabelValue,
    roles::{Bytes, Count, Items, Level, Seconds, Total},
};

/// What this module measures: the words after `on` in a set of your own. [`ProcessMetrics`] records
/// all roles but one.
///
/// [`ProcessMetrics`]: super::ProcessMetrics
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ProcessRoles {
    /// Processor time that all threads of the process have used, by mode.
    pub cpu_time: Total<Seconds, CpuMode>,
    /// Physical memory in use: the resident set size.
    pub memory_usage: Level<Bytes>,
    /// Virtual memory in use: address space, of which a part only has memory.
    pub memory_virtual: Level<Bytes>,
    /// Bytes that the program has allocated, if the service gives [`HeapUsage`].
    ///
    /// [`HeapUsage`]: super::HeapUsage
    pub heap_used: Level<Bytes>,
    /// Bytes that the allocator has of the system, if the service gives [`HeapUsage`].
    ///
    /// [`HeapUsage`]: super::HeapUsage
    pub heap_size: Level<Bytes>,
    /// The resident set size and both sizes of the heap, for a metric with a label for them.
    pub memory_by_type: Level<Bytes, MemoryType>,
    /// Threads of the process.
    pub thread_count: Level<Items>,
    /// File descriptors that are open.
    pub file_descriptor_count: Level<Items>,
    /// The most file descriptors that the process may have open: the soft limit.
    pub file_descriptor_limit: Level<Items>,
    /// Time since the process began.
    pub uptime: Level<Seconds>,
    /// Switches from a thread of the process to another thread, by type.
    pub context_switches: Total<Items, ContextSwitch>,
    /// Page faults of the process, by type.
    pub paging_faults: Total<Items, PageFault>,
    /// Readings that failed.
    pub reading_errors: Count,
}

/// The mode of processor time: the values of `cpu.mode` in OpenTelemetry's conventions that a
/// process has on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum CpuMode {
    /// Code of the program.
    User,
    /// The kernel on behalf of the program.
    System,
}

/// The parts of the memory of a process in [`ProcessRoles::memory_by_type`]. They overlap, so that
/// their sum has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum MemoryType {
    /// [`ProcessRoles::heap_used`].
    Heap,
    /// [`ProcessRoles::heap_size`].
    HeapTotal,
    /// [`ProcessRoles::memory_usage`].
    Rss,
}

/// The type of a context switch: the values of `process.context_switch.type` in OpenTelemetry's
/// conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum ContextSwitch {
    /// The thread waited for something.
    Voluntary,
    /// The thread had used its time, or a thread of higher priority was ready.
    Involuntary,
}

/// The type of a page fault: the values of `system.paging.fault.type` in OpenTelemetry's
/// conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum PageFault {
    /// The page was read from storage.
    Major,
    /// The page was in memory already.
    Minor,
}
