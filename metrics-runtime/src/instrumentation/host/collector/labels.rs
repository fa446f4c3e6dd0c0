//! The labels of the receiver's metrics.

use super::super::{
    contexts::{
        CpuMode, Device, Disk, DiskDirection, Filesystem, FilesystemSpace, FilesystemState,
        Interface, MemoryPart, NetworkDirection, Processor, SpaceState,
    },
    labels::{MAX_DEVICES, labels},
};
use crate::{LabelSet, LabelValue, roles::RoleLabels};

/// The values of `state` of processors.
#[derive(Clone, Copy, Debug, LabelValue)]
#[label(crate = "crate")]
enum CpuState {
    Idle,
    Interrupt,
    Nice,
    Softirq,
    Steal,
    System,
    User,
    Wait,
}

impl From<CpuMode> for CpuState {
    fn from(mode: CpuMode) -> Self {
        match mode {
            CpuMode::User => Self::User,
            CpuMode::Nice => Self::Nice,
            CpuMode::System => Self::System,
            CpuMode::Idle => Self::Idle,
            CpuMode::Iowait => Self::Wait,
            CpuMode::Interrupt => Self::Interrupt,
            CpuMode::Softirq => Self::Softirq,
            CpuMode::Steal => Self::Steal,
        }
    }
}

labels! {
    /// `cpu`, such as `cpu0`, and `state`.
    pub struct CollectorCpuLabels of Processor {
        #[label(max = 1024)]
        cpu: String,
        state: CpuState,
    } |processor| Self { cpu: format!("cpu{}", processor.number), state: processor.mode.into() };

    /// `state`: `used`, `free`, `buffered`, `cached`, `slab_reclaimable`, `slab_unreclaimable`.
    pub struct CollectorMemoryLabels of MemoryPart {
        state: MemoryPart,
    } |state| Self { state: *state };

    /// `state`: `used`, `free`.
    pub struct CollectorSwapLabels of SpaceState {
        state: SpaceState,
    } |state| Self { state: *state };

    /// `device`: the name of a disk.
    pub struct CollectorDeviceLabels of Device {
        #[label(max = MAX_DEVICES)]
        device: String,
    } |device| Self { device: device.name.to_string() };

    /// `device` and `direction`: `read`, `write`.
    pub struct CollectorDiskLabels of Disk {
        #[label(max = MAX_DEVICES)]
        device: String,
        direction: DiskDirection,
    } |disk| Self { device: disk.device.to_string(), direction: disk.direction };

    /// `device`, the name of an interface, and `direction`: `receive`, `transmit`.
    pub struct CollectorInterfaceLabels of Interface {
        #[label(max = MAX_DEVICES)]
        device: String,
        direction: NetworkDirection,
    } |interface| Self { device: interface.name.to_string(), direction: interface.direction };

    /// `device`, `mode`, `mountpoint` and `type` of a file system.
    pub struct CollectorFilesystemLabels of Filesystem {
        #[label(max = MAX_DEVICES)]
        device: String,
        #[label(max = 2)]
        mode: &'static str,
        #[label(max = MAX_DEVICES)]
        mountpoint: String,
        #[label(key = "type", max = 10)]
        kind: String,
    } |filesystem| Self {
        device: filesystem.device.to_string(),
        mode: filesystem.mode,
        mountpoint: filesystem.mount_point.to_string(),
        kind: filesystem.kind.to_string(),
    };

    /// Those of a file system, and `state`: `used`, `free`, `reserved`.
    pub struct CollectorFilesystemSpaceLabels of FilesystemSpace {
        #[label(flatten)]
        filesystem: CollectorFilesystemLabels,
        state: FilesystemState,
    } |space| Self {
        filesystem: CollectorFilesystemLabels::role_labels(&(), &space.filesystem),
        state: space.state,
    };
}
