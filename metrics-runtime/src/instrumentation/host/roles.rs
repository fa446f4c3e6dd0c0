use super::contexts::{
    CpuMode, Device, Disk, DiskDirection, Filesystem, FilesystemSpace, Interface, MemoryPart,
    MemoryState, NetworkDirection, PathSpace, Pressure, Processor, SlabState, SpaceState,
};
use crate::roles::{Bytes, Count, Items, Level, Ratio, Seconds, Total};

/// What this module measures: the words after `on` in a set of your own.
///
/// A source that no metric of the set needs is not read.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct HostRoles {
    /// Processor time, by mode, of all processors together.
    pub cpu_time: Total<Seconds, CpuMode>,
    /// Processor time, by processor and mode.
    pub cpu_time_by_processor: Total<Seconds, Processor>,
    /// The share of each mode in the time of all processors, since an earlier collection.
    pub cpu_utilization: Level<Ratio, CpuMode>,
    /// The share of each mode in the time of a processor, since an earlier collection.
    pub cpu_utilization_by_processor: Level<Ratio, Processor>,
    /// The share of the time of all processors that was neither idle nor waiting for disks, since
    /// an earlier collection.
    pub cpu_busy: Level<Ratio>,
    /// Logical processors that are online.
    pub cpu_logical_count: Level<Items>,
    /// Tasks that run, are ready to run or wait for disks: the average of a minute.
    pub load_average_1m: Level<Items>,
    /// The average of five minutes.
    pub load_average_5m: Level<Items>,
    /// The average of fifteen minutes.
    pub load_average_15m: Level<Items>,

    /// Memory, by state.
    pub memory_usage: Level<Bytes, MemoryState>,
    /// The share of each state in all memory.
    pub memory_utilization: Level<Ratio, MemoryState>,
    /// The share of memory that is [used](MemoryState::Used).
    pub memory_used_ratio: Level<Ratio>,
    /// Memory, as the Collector's receiver divides it.
    pub memory_parts: Level<Bytes, MemoryPart>,
    /// The share of each of these parts in all memory.
    pub memory_part_ratio: Level<Ratio, MemoryPart>,
    /// Memory of the kernel's slabs, by state.
    pub memory_slab: Level<Bytes, SlabState>,
    /// All memory.
    pub memory_limit: Level<Bytes>,
    /// Memory that programs can have without swapping, as the kernel estimates it.
    pub memory_available: Level<Bytes>,
    /// Memory that is shared, mostly by tmpfs.
    pub memory_shared: Level<Bytes>,
    /// Swap space, by state.
    pub swap_usage: Level<Bytes, SpaceState>,

    /// Bytes that each device has read and written.
    pub disk_io: Total<Bytes, Disk>,
    /// Bytes that all disks have read and written, counted once where a device such as a logical
    /// volume is made of others. The sum does not shrink when a device is removed.
    pub disk_io_sum: Total<Bytes, DiskDirection>,
    /// Reads and writes that have ended.
    pub disk_operations: Total<Items, Disk>,
    /// Time in which the device had something to do.
    pub disk_io_time: Total<Seconds, Device>,
    /// Time that reads and writes have taken, added up.
    pub disk_operation_time: Total<Seconds, Disk>,
    /// [`disk_io_time`](Self::disk_io_time), multiplied by the length of the queue.
    pub disk_weighted_io_time: Total<Seconds, Device>,
    /// Reads and writes that were merged with a neighbour.
    pub disk_merged: Total<Items, Disk>,
    /// Reads and writes that are under way.
    pub disk_pending_operations: Level<Items, Device>,

    /// Space of each file system, by state.
    pub filesystem_usage: Level<Bytes, FilesystemSpace>,
    /// The share of each state in the space of a file system.
    pub filesystem_utilization: Level<Ratio, FilesystemSpace>,
    /// The used share of what programs without privileges can have, as `df` shows it.
    pub filesystem_used_ratio: Level<Ratio, Filesystem>,
    /// The space of each file system.
    pub filesystem_limit: Level<Bytes, Filesystem>,
    /// Inodes of each file system, by state. A file system that has no number of them is absent.
    pub filesystem_inodes: Level<Items, FilesystemSpace>,
    /// Space of the file systems where the [paths](super::HostOptions::path) are.
    pub path_usage: Level<Bytes, PathSpace>,
    /// Time since the file systems were asked.
    pub filesystem_sample_age: Level<Seconds>,

    /// Bytes that each interface has received and transmitted.
    pub network_io: Total<Bytes, Interface>,
    /// Bytes that all interfaces have received and transmitted. The sum does not shrink when an
    /// interface is removed.
    pub network_io_sum: Total<Bytes, NetworkDirection>,
    /// Packets.
    pub network_packets: Total<Items, Interface>,
    /// Packets with errors.
    pub network_errors: Total<Items, Interface>,
    /// Packets that were dropped without an error.
    pub network_dropped: Total<Items, Interface>,

    /// Time in which tasks waited for a resource.
    pub pressure_time: Total<Seconds, Pressure>,
    /// The share of the last ten seconds in which tasks waited for a resource.
    pub pressure_ratio: Level<Ratio, Pressure>,
    /// Time since the host was started.
    pub uptime: Level<Seconds>,
    /// Readings that failed.
    pub reading_errors: Count,
}
