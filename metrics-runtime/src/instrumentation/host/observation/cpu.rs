//! Processors, load, pressure, uptime.

use std::sync::Arc;

use super::{
    super::{
        HostRoles,
        contexts::{CpuMode, Processor},
        reading::{ByMode, CpuModes, Reading},
    },
    kernel_reading::{KernelReading, observe_roles, observe_some},
};
use crate::roles::{Observations, RoleObserver};

pub(super) fn observe(roles: &HostRoles, kernel: &KernelReading) -> Observations {
    observe_roles! { roles, kernel;
        cpu_time: |reading, observer| {
            if let Some(cpu) = &reading.cpu {
                total(&cpu.seconds, observer);
            }
        };
        cpu_time_by_processor: |reading, observer| {
            if let Some(cpu) = &reading.cpu {
                processors(&cpu.seconds, observer);
            }
        };
        cpu_utilization: |reading, observer| {
            if let Some(shares) = shares(reading) {
                total(shares, observer);
            }
        };
        cpu_utilization_by_processor: |reading, observer| {
            if let Some(shares) = shares(reading) {
                processors(shares, observer);
            }
        };
        cpu_busy: |reading, observer| {
            observe_some(observer, &(), shares(reading).and_then(|shares| busy(&shares.total)));
        };
        cpu_logical_count: |reading, observer| {
            let count = reading.cpu.as_ref().map(|cpu| cpu.seconds.processors.len());
            observe_some(observer, &(), count.filter(|count| *count > 0).map(|count| count as f64));
        };
        load_average_1m: |reading, observer| {
            observe_some(observer, &(), reading.load.map(|[minute, ..]| minute));
        };
        load_average_5m: |reading, observer| {
            observe_some(observer, &(), reading.load.map(|[_, minutes, _]| minutes));
        };
        load_average_15m: |reading, observer| {
            observe_some(observer, &(), reading.load.map(|[.., minutes]| minutes));
        };
        pressure_time: |reading, observer| {
            for (pressure, stalled) in &reading.pressure {
                observer.observe(pressure, stalled.seconds);
            }
        };
        pressure_ratio: |reading, observer| {
            for (pressure, stalled) in &reading.pressure {
                observer.observe(pressure, stalled.ratio);
            }
        };
        uptime: |reading, observer| observe_some(observer, &(), reading.uptime_seconds);
    }
}

fn shares(reading: &Arc<Reading>) -> Option<&CpuModes> {
    reading.cpu.as_ref()?.shares.as_ref()
}

/// The share that was neither idle nor waiting for disks, in which a processor is idle too.
fn busy(shares: &ByMode) -> Option<f64> {
    let of = |mode: CpuMode| shares[mode as usize];
    Some((1.0 - of(CpuMode::Idle)? - of(CpuMode::Iowait).unwrap_or_default()).max(0.0))
}

fn total(modes: &CpuModes, observer: &mut RoleObserver<'_, CpuMode>) {
    for (mode, value) in CpuMode::ALL.iter().zip(modes.total) {
        observe_some(observer, mode, value);
    }
}

fn processors(modes: &CpuModes, observer: &mut RoleObserver<'_, Processor>) {
    for (number, modes) in &modes.processors {
        for (mode, value) in CpuMode::ALL.into_iter().zip(modes) {
            observe_some(observer, &Processor { number: *number, mode }, *value);
        }
    }
}
