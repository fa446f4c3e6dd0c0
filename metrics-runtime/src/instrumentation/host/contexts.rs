//! What is known of a value: the contexts of the roles, from which a set makes its labels.

use std::sync::Arc;

use crate::LabelValue;

/// The mode of processor time: the values of `cpu.mode` in OpenTelemetry's conventions, and
/// [`Softirq`](Self::Softirq).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum CpuMode {
    /// Programs, and the guests of virtual machines.
    User,
    /// Programs of low priority.
    Nice,
    /// The kernel on behalf of programs.
    System,
    /// Nothing to do.
    Idle,
    /// Nothing to do, while a program waits for a disk. The kernel's number is an estimate.
    Iowait,
    /// Interrupts of devices.
    Interrupt,
    /// Work that interrupts have left for later, such as packets of the network. The conventions
    /// have no value for it, and allow further values.
    Softirq,
    /// Time in which the hypervisor ran something else.
    Steal,
}

impl CpuMode {
    /// All modes, in the order of `/proc/stat`.
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::Nice,
        Self::System,
        Self::Idle,
        Self::Iowait,
        Self::Interrupt,
        Self::Softirq,
        Self::Steal,
    ];
}

/// One logical processor, in one mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Processor {
    /// The number of the processor, from 0.
    pub number: u32,
    /// The mode.
    pub mode: CpuMode,
}

/// The state of memory: the values of `system.memory.state` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum MemoryState {
    /// In use by programs and the kernel, and not available: `MemTotal` less `MemAvailable`.
    Used,
    /// Not in use at all.
    Free,
    /// Buffers of block devices.
    Buffers,
    /// The page cache and what the kernel can give back of its slabs, as `free` counts it.
    Cached,
}

/// The state of memory as the Collector's receiver `hostmetrics` divides it. States overlap:
/// `cached` has `slab_reclaimable` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum MemoryPart {
    /// [`MemoryState::Used`].
    Used,
    /// [`MemoryState::Free`].
    Free,
    /// [`MemoryState::Buffers`].
    Buffered,
    /// [`MemoryState::Cached`].
    Cached,
    /// [`SlabState::Reclaimable`].
    SlabReclaimable,
    /// [`SlabState::Unreclaimable`].
    SlabUnreclaimable,
}

/// The state of the kernel's slabs: the values of `system.memory.linux.slab.state` in
/// OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum SlabState {
    /// Given back when memory is short, such as caches of folders.
    Reclaimable,
    /// Not given back.
    Unreclaimable,
}

/// The state of space that is used or free: in swap areas, and below a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum SpaceState {
    /// In use.
    Used,
    /// Free for programs without privileges.
    Free,
}

/// A block device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// Its name: `sda`.
    pub name: Arc<str>,
}

/// One direction of a block device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disk {
    /// The name of the device: `sda`.
    pub device: Arc<str>,
    /// The direction.
    pub direction: DiskDirection,
}

/// The values of `disk.io.direction` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum DiskDirection {
    /// From the device.
    Read,
    /// To the device.
    Write,
}

/// One direction of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interface {
    /// The name of the interface: `eth0`.
    pub name: Arc<str>,
    /// The direction.
    pub direction: NetworkDirection,
}

/// The values of `network.io.direction` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum NetworkDirection {
    /// To the host.
    Receive,
    /// From the host.
    Transmit,
}

/// A file system that is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filesystem {
    /// The device where it resides: `/dev/sda1`.
    pub device: Arc<str>,
    /// `rw` or `ro`.
    pub mode: &'static str,
    /// The folder where it is mounted, as the host names it.
    pub mount_point: Arc<str>,
    /// Its type: `ext4`.
    pub kind: Arc<str>,
}

/// A part of the space of a file system.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilesystemSpace {
    /// The file system.
    pub filesystem: Filesystem,
    /// The state of the space.
    pub state: FilesystemState,
}

/// The values of `system.filesystem.state` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum FilesystemState {
    /// In use.
    Used,
    /// Free for programs without privileges.
    Free,
    /// Free for the superuser only.
    Reserved,
}

/// The space of the file system where a path is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathSpace {
    /// The path, as it was given to [`HostOptions::path`](super::HostOptions::path).
    pub path: Arc<str>,
    /// The state of the space.
    pub state: SpaceState,
}

/// Tasks that wait for a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pressure {
    /// The resource.
    pub resource: PressureResource,
    /// How many tasks wait.
    pub stall: Stall,
}

/// What tasks wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum PressureResource {
    /// Processors.
    Cpu,
    /// Disks.
    Io,
    /// Memory.
    Memory,
}

/// How many tasks wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum Stall {
    /// One task or more.
    Some,
    /// All tasks that are not idle, so that nothing is done.
    Full,
}
