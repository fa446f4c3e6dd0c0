//! The labels of the shipped set, declared as in any other crate.

use super::contexts::{
    CpuMode, Device, Disk, DiskDirection, Filesystem, FilesystemSpace, FilesystemState, Interface,
    MemoryState, NetworkDirection, PathSpace, Pressure, PressureResource, SlabState, SpaceState,
    Stall,
};
use crate::{LabelSet, roles::RoleLabels};

/// The most devices, interfaces or file systems that have series of their own.
pub(super) const MAX_DEVICES: usize = 100;

/// The most paths that have series of their own.
const MAX_PATHS: usize = 50;

/// Label sets that are made from the context of a role.
macro_rules! labels {
    ($(
        $(#[$doc:meta])*
        $visibility:vis struct $set:ident of $context:ty {
            $($(#[$label:meta])* $field:ident: $value:ty,)*
        } |$of:ident| $made:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, LabelSet)]
        #[label(crate = "crate", allow(semconv_names))]
        $visibility struct $set {
            $($(#[$label])* $field: $value,)*
        }

        impl RoleLabels<(), $context> for $set {
            fn role_labels((): &(), $of: &$context) -> Self {
                $made
            }
        }
    )*};
}
pub(super) use labels;

labels! {
    pub(super) struct CpuLabels of CpuMode {
        #[label(key = "cpu.mode")]
        mode: CpuMode,
    } |mode| Self { mode: *mode };

    pub(super) struct MemoryLabels of MemoryState {
        #[label(key = "system.memory.state")]
        state: MemoryState,
    } |state| Self { state: *state };

    pub(super) struct SlabLabels of SlabState {
        #[label(key = "system.memory.linux.slab.state")]
        state: SlabState,
    } |state| Self { state: *state };

    pub(super) struct SwapLabels of SpaceState {
        #[label(key = "system.paging.state")]
        state: SpaceState,
    } |state| Self { state: *state };

    pub(super) struct DeviceLabels of Device {
        #[label(key = "system.device", max = MAX_DEVICES)]
        device: String,
    } |device| Self { device: device.name.to_string() };

    pub(super) struct DiskLabels of Disk {
        #[label(key = "disk.io.direction")]
        direction: DiskDirection,
        #[label(key = "system.device", max = MAX_DEVICES)]
        device: String,
    } |disk| Self { direction: disk.direction, device: disk.device.to_string() };

    pub(super) struct InterfaceLabels of Interface {
        #[label(key = "network.interface.name", max = MAX_DEVICES)]
        name: String,
        #[label(key = "network.io.direction")]
        direction: NetworkDirection,
    } |interface| Self { name: interface.name.to_string(), direction: interface.direction };

    pub(super) struct PacketLabels of Interface {
        #[label(key = "network.io.direction")]
        direction: NetworkDirection,
        #[label(key = "system.device", max = MAX_DEVICES)]
        device: String,
    } |interface| Self { direction: interface.direction, device: interface.name.to_string() };

    pub(super) struct FilesystemLabels of Filesystem {
        #[label(key = "system.device", max = MAX_DEVICES)]
        device: String,
        #[label(key = "system.filesystem.mode", max = 2)]
        mode: &'static str,
        #[label(key = "system.filesystem.mountpoint", max = MAX_DEVICES)]
        mount_point: String,
        #[label(key = "system.filesystem.type", max = 10)]
        kind: String,
    } |filesystem| Self {
        device: filesystem.device.to_string(),
        mode: filesystem.mode,
        mount_point: filesystem.mount_point.to_string(),
        kind: filesystem.kind.to_string(),
    };

    pub(super) struct FilesystemSpaceLabels of FilesystemSpace {
        #[label(key = "system.filesystem.state")]
        state: FilesystemState,
        #[label(flatten)]
        filesystem: FilesystemLabels,
    } |space| Self {
        state: space.state,
        filesystem: FilesystemLabels::role_labels(&(), &space.filesystem),
    };

    /// `path` and `state`: `used`, `free`.
    pub struct PathLabels of PathSpace {
        #[label(max = MAX_PATHS)]
        path: String,
        state: SpaceState,
    } |space| Self { path: space.path.to_string(), state: space.state };

    /// `resource`: `cpu`, `io`, `memory`, and `stall`: `some`, `full`.
    pub struct PressureLabels of Pressure {
        resource: PressureResource,
        stall: Stall,
    } |pressure| Self { resource: pressure.resource, stall: pressure.stall };
}
