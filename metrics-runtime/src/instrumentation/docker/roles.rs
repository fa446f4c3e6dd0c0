//! The roles of this instrumentation, and what their values are about.

use std::{fmt, sync::Arc};

use crate::{
    LabelValue,
    roles::{Bytes, Count, Dimension, Items, Level, Seconds, Total},
};

/// What this module measures: the words after `on` in a set of your own.
///
/// The context of a value has the [`Container`], beside what else the value is about. A value that
/// the engine does not report is absent, and so are all values of a container that has ended.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DockerRoles {
    /// Processor time that the container has used, by mode.
    pub cpu_time: Total<Seconds, ContainerCpu>,
    /// Processor time that the container has used in all modes.
    pub cpu_total: Total<Seconds, Container>,
    /// Processor time that the container has used in user mode.
    pub cpu_user: Total<Seconds, Container>,
    /// Processor time that the kernel has used for the container.
    pub cpu_kernel: Total<Seconds, Container>,
    /// Processors that the container has used on average since the last sample: 1.5 is one and a
    /// half. The first sample of a container has none.
    pub cpu_usage: Level<Items, Container>,
    /// Same as [`cpu_usage`](Self::cpu_usage), where 100 is one processor, as `docker stats` shows
    /// it.
    pub cpu_percent: Level<Percent, Container>,
    /// Memory in use, without the file cache that the kernel can drop (`inactive_file`), as
    /// `docker stats` shows it.
    pub memory_usage: Level<Bytes, Container>,
    /// The limit of the memory; for a container without a limit the memory of the machine, as far
    /// as the engine reports it.
    pub memory_limit: Level<Bytes, Container>,
    /// The share of the memory in use in the limit, where 100 is the limit.
    pub memory_percent: Level<Percent, Container>,
    /// File cache and tmpfs with cgroup v1: `total_cache`.
    pub memory_total_cache: Level<Bytes, Container>,
    /// File cache and tmpfs with cgroup v2: `file`.
    pub memory_file: Level<Bytes, Container>,
    /// Bytes that the container has sent and received, by interface and direction.
    pub network_io: Total<Bytes, ContainerNetwork>,
    /// Bytes that the container has received, by interface.
    pub network_received: Total<Bytes, ContainerInterface>,
    /// Bytes that the container has sent, by interface.
    pub network_sent: Total<Bytes, ContainerInterface>,
    /// Packets to the container that were dropped, by interface.
    pub network_received_dropped: Total<Items, ContainerInterface>,
    /// Packets of the container that were dropped, by interface.
    pub network_sent_dropped: Total<Items, ContainerInterface>,
    /// Bytes that the container has read and written, by device and direction.
    pub disk_io: Total<Bytes, ContainerDisk>,
    /// Bytes that the container has transferred, by device and every operation that the kernel
    /// distinguishes. The operations of cgroup v1 overlap, so that their sum has no meaning.
    pub block_io: Total<Bytes, ContainerBlock>,
    /// Time since the container was started, restarts included. Each sample asks the engine once
    /// more for each container if a metric has this role.
    pub uptime: Level<Seconds, Container>,
    /// Time since the last sample.
    pub sample_age: Level<Seconds>,
    /// Readings that failed: of the list, or of one container.
    pub reading_errors: Count,
}

/// Percentages of metrics whose unit is 1 although 100 is the whole, as in the Collector's
/// `docker_stats`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Percent;

impl Dimension for Percent {
    const NAME: &'static str = "percentage";
    const UNITS: &'static [(&'static str, f64)] = &[("%", 1.0), ("1", 1.0)];
}

/// A container that runs. A name is that of one container at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Container {
    /// The id, of 64 hexadecimal digits.
    pub id: Arc<str>,
    /// The name, without a slash.
    pub name: Arc<str>,
    /// The image as the container was created with, such as `registry.example/shop/web:1.4`, or an
    /// id.
    pub image: Arc<str>,
    /// The image without its tag and its digest, such as `registry.example/shop/web`: a value that
    /// a new version does not change.
    pub image_name: Arc<str>,
}

/// A container and a mode of its processor time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContainerCpu {
    /// The container.
    pub container: Arc<Container>,
    /// The mode.
    pub mode: CpuMode,
}

/// A container and one of its network interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContainerInterface {
    /// The container.
    pub container: Arc<Container>,
    /// The interface in the container, such as `eth0`.
    pub interface: Arc<str>,
}

/// A container, one of its network interfaces, and a direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContainerNetwork {
    /// The container.
    pub container: Arc<Container>,
    /// The interface in the container, such as `eth0`.
    pub interface: Arc<str>,
    /// The direction.
    pub direction: NetworkDirection,
}

/// A container, a device, and a direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContainerDisk {
    /// The container.
    pub container: Arc<Container>,
    /// The device.
    pub device: BlockDevice,
    /// The direction.
    pub direction: DiskDirection,
}

/// A container, a device, and an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContainerBlock {
    /// The container.
    pub container: Arc<Container>,
    /// The device.
    pub device: BlockDevice,
    /// The operation.
    pub operation: BlockOperation,
}

/// The numbers of a block device. Engines report no names of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockDevice {
    /// The number of the driver.
    pub major: u64,
    /// The number of the device at its driver.
    pub minor: u64,
}

/// The numbers as in `/proc/partitions` and `/sys/dev/block`: `8:0`.
impl fmt::Display for BlockDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// The mode of processor time: the values of `cpu.mode` in OpenTelemetry's conventions that an
/// engine reports of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum CpuMode {
    /// Code of the container.
    User,
    /// The kernel on behalf of the container.
    Kernel,
}

/// The direction of network traffic: the values of `network.io.direction` in OpenTelemetry's
/// conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum NetworkDirection {
    /// To the container.
    Receive,
    /// From the container.
    Transmit,
}

/// The direction of disk traffic: the values of `disk.io.direction` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum DiskDirection {
    /// From the device.
    Read,
    /// To the device.
    Write,
}

/// An operation of block devices that the kernel counts. cgroup v2 has the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum BlockOperation {
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Synchronous reads and writes.
    Sync,
    /// Asynchronous reads and writes.
    Async,
    /// Discards of unused blocks.
    Discard,
    /// All operations.
    Total,
}
