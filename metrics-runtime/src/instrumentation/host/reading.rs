//! What the kernel reports at one moment. `None` for what could not be read.

use std::sync::Arc;

use super::contexts::{Filesystem, Pressure};

#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) cpu: Option<Cpu>,
    /// Over 1, 5 and 15 minutes.
    pub(super) load: Option<[f64; 3]>,
    pub(super) memory: Option<Memory>,
    pub(super) disks: Option<Disks>,
    pub(super) interfaces: Option<Interfaces>,
    pub(super) pressure: Vec<(Pressure, Stalled)>,
    pub(super) uptime_seconds: Option<f64>,
}

/// A value for each mode, in the order of [`CpuMode::ALL`](super::CpuMode::ALL). Kernels have added
/// modes over time.
pub(super) type ByMode = [Option<f64>; 8];

#[derive(Debug)]
pub(super) struct Cpu {
    pub(super) seconds: CpuModes,
    /// The shares of the modes since an earlier reading.
    pub(super) shares: Option<CpuModes>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct CpuModes {
    pub(super) total: ByMode,
    pub(super) processors: Vec<(u32, ByMode)>,
}

/// Fields of `/proc/meminfo`, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Memory {
    pub(super) total: u64,
    pub(super) free: u64,
    pub(super) available: Option<u64>,
    pub(super) buffers: Option<u64>,
    pub(super) page_cache: Option<u64>,
    pub(super) slab_reclaimable: Option<u64>,
    pub(super) slab_unreclaimable: Option<u64>,
    pub(super) shared: Option<u64>,
    pub(super) swap_total: Option<u64>,
    pub(super) swap_free: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Disks {
    pub(super) devices: Vec<DiskCounters>,
    /// Bytes read and written by all of them.
    pub(super) io_sum: [u64; 2],
}

#[derive(Debug, PartialEq)]
pub(super) struct DiskCounters {
    pub(super) device: Arc<str>,
    /// Of reads and writes.
    pub(super) directions: [DiskDirectionCounters; 2],
    pub(super) pending: u64,
    pub(super) io_seconds: f64,
    pub(super) weighted_io_seconds: f64,
}

#[derive(Debug, PartialEq)]
pub(super) struct DiskDirectionCounters {
    pub(super) operations: u64,
    pub(super) merged: u64,
    pub(super) bytes: u64,
    pub(super) seconds: f64,
}

#[derive(Debug)]
pub(super) struct Interfaces {
    pub(super) interfaces: Vec<InterfaceCounters>,
    /// Bytes received and transmitted by all of them.
    pub(super) io_sum: [u64; 2],
}

#[derive(Debug, PartialEq)]
pub(super) struct InterfaceCounters {
    pub(super) name: Arc<str>,
    /// Of what was received and transmitted.
    pub(super) directions: [InterfaceDirectionCounters; 2],
}

#[derive(Debug, PartialEq)]
pub(super) struct InterfaceDirectionCounters {
    pub(super) bytes: u64,
    pub(super) packets: u64,
    pub(super) errors: u64,
    pub(super) dropped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stalled {
    pub(super) seconds: f64,
    /// The share of the last ten seconds.
    pub(super) ratio: f64,
}

/// A file system with its space.
#[derive(Debug)]
pub(super) struct MountedSpace {
    pub(super) filesystem: Filesystem,
    pub(super) space: Space,
}

/// What `statvfs` reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Space {
    pub(super) total: u64,
    pub(super) used: u64,
    /// For programs without privileges.
    pub(super) free: u64,
    pub(super) reserved: u64,
    pub(super) inodes: u64,
    pub(super) inodes_free: u64,
}

impl Memory {
    /// Without `MemAvailable`, which kernels before 3.14 do not have, what is neither free nor a
    /// cache.
    pub(super) fn used(&self) -> u64 {
        let unused = self.available.unwrap_or_else(|| {
            let buffers = self.buffers.unwrap_or_default();
            self.free.saturating_add(buffers).saturating_add(self.cached().unwrap_or_default())
        });
        self.total.saturating_sub(unused)
    }

    /// The page cache and the slabs that the kernel can give back.
    pub(super) fn cached(&self) -> Option<u64> {
        Some(self.page_cache?.saturating_add(self.slab_reclaimable.unwrap_or_default()))
    }

    pub(super) fn swap_used(&self) -> Option<u64> {
        Some(self.swap_total?.saturating_sub(self.swap_free?))
    }
}
