//! Memory and swap space.

use super::{
    super::{
        HostRoles,
        contexts::{MemoryPart, MemoryState, SlabState, SpaceState},
        reading::Memory,
    },
    kernel_reading::{KernelReading, observe_roles, observe_some},
};
use crate::roles::{Observations, RoleObserver};

pub(super) fn observe(roles: &HostRoles, kernel: &KernelReading) -> Observations {
    observe_roles! { roles, kernel;
        memory_usage: |reading, observer| {
            if let Some(memory) = &reading.memory {
                states(memory, 1.0, observer);
            }
        };
        memory_utilization: |reading, observer| {
            if let Some(memory) = &reading.memory {
                states(memory, share(memory), observer);
            }
        };
        memory_used_ratio: |reading, observer| {
            let memory = reading.memory.as_ref();
            let used = memory.map(|memory| memory.used() as f64 * share(memory));
            observe_some(observer, &(), used);
        };
        memory_parts: |reading, observer| {
            if let Some(memory) = &reading.memory {
                parts(memory, 1.0, observer);
            }
        };
        memory_part_ratio: |reading, observer| {
            if let Some(memory) = &reading.memory {
                parts(memory, share(memory), observer);
            }
        };
        memory_slab: |reading, observer| {
            if let Some(memory) = &reading.memory {
                let states = [
                    (SlabState::Reclaimable, memory.slab_reclaimable),
                    (SlabState::Unreclaimable, memory.slab_unreclaimable),
                ];
                observe_sizes(states, 1.0, observer);
            }
        };
        memory_limit: |reading, observer| {
            let total = reading.memory.as_ref().map(|memory| memory.total as f64);
            observe_some(observer, &(), total);
        };
        memory_available: |reading, observer| {
            let available = reading.memory.as_ref().and_then(|memory| memory.available);
            observe_some(observer, &(), available.map(|bytes| bytes as f64));
        };
        memory_shared: |reading, observer| {
            let shared = reading.memory.as_ref().and_then(|memory| memory.shared);
            observe_some(observer, &(), shared.map(|bytes| bytes as f64));
        };
        swap_usage: |reading, observer| {
            if let Some(memory) = &reading.memory {
                let states =
                    [(SpaceState::Used, memory.swap_used()), (SpaceState::Free, memory.swap_free)];
                observe_sizes(states, 1.0, observer);
            }
        };
    }
}

/// The share that a byte is of all memory.
fn share(memory: &Memory) -> f64 {
    1.0 / memory.total.max(1) as f64
}

fn states(memory: &Memory, factor: f64, observer: &mut RoleObserver<'_, MemoryState>) {
    let states = [
        (MemoryState::Used, Some(memory.used())),
        (MemoryState::Free, Some(memory.free)),
        (MemoryState::Buffers, memory.buffers),
        (MemoryState::Cached, memory.cached()),
    ];
    observe_sizes(states, factor, observer);
}

fn parts(memory: &Memory, factor: f64, observer: &mut RoleObserver<'_, MemoryPart>) {
    let parts = [
        (MemoryPart::Used, Some(memory.used())),
        (MemoryPart::Free, Some(memory.free)),
        (MemoryPart::Buffered, memory.buffers),
        (MemoryPart::Cached, memory.cached()),
        (MemoryPart::SlabReclaimable, memory.slab_reclaimable),
        (MemoryPart::SlabUnreclaimable, memory.slab_unreclaimable),
    ];
    observe_sizes(parts, factor, observer);
}

fn observe_sizes<C>(
    sizes: impl IntoIterator<Item = (C, Option<u64>)>,
    factor: f64,
    observer: &mut RoleObserver<'_, C>,
) {
    for (context, bytes) in sizes {
        observe_some(observer, &context, bytes.map(|bytes| bytes as f64 * factor));
    }
}
