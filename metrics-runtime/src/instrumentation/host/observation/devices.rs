//! Block devices and network interfaces.

use super::{
    super::{
        HostRoles,
        contexts::{Device, Disk, DiskDirection, Interface, NetworkDirection},
        reading::{DiskCounters, DiskDirectionCounters, InterfaceDirectionCounters, Reading},
    },
    kernel_reading::{KernelReading, observe_roles},
};
use crate::roles::{Observations, RoleObserver};

const DISK_DIRECTIONS: [DiskDirection; 2] = [DiskDirection::Read, DiskDirection::Write];

const NETWORK_DIRECTIONS: [NetworkDirection; 2] =
    [NetworkDirection::Receive, NetworkDirection::Transmit];

pub(super) fn observe_disks(roles: &HostRoles, kernel: &KernelReading) -> Observations {
    observe_roles! { roles, kernel;
        disk_io: |reading, observer| {
            each_disk_direction(reading, observer, |counters| counters.bytes as f64);
        };
        disk_io_sum: |reading, observer| {
            if let Some(disks) = &reading.disks {
                for (direction, bytes) in DISK_DIRECTIONS.iter().zip(disks.io_sum) {
                    observer.observe(direction, bytes as f64);
                }
            }
        };
        disk_operations: |reading, observer| {
            each_disk_direction(reading, observer, |counters| counters.operations as f64);
        };
        disk_io_time: |reading, observer| {
            each_disk(reading, observer, |counters| counters.io_seconds);
        };
        disk_operation_time: |reading, observer| {
            each_disk_direction(reading, observer, |counters| counters.seconds);
        };
        disk_weighted_io_time: |reading, observer| {
            each_disk(reading, observer, |counters| counters.weighted_io_seconds);
        };
        disk_merged: |reading, observer| {
            each_disk_direction(reading, observer, |counters| counters.merged as f64);
        };
        disk_pending_operations: |reading, observer| {
            each_disk(reading, observer, |counters| counters.pending as f64);
        };
    }
}

fn each_disk(
    reading: &Reading,
    observer: &mut RoleObserver<'_, Device>,
    value: fn(&DiskCounters) -> f64,
) {
    for disk in reading.disks.iter().flat_map(|disks| &disks.devices) {
        observer.observe(&Device { name: disk.device.clone() }, value(disk));
    }
}

fn each_disk_direction(
    reading: &Reading,
    observer: &mut RoleObserver<'_, Disk>,
    value: fn(&DiskDirectionCounters) -> f64,
) {
    for disk in reading.disks.iter().flat_map(|disks| &disks.devices) {
        for (direction, counters) in DISK_DIRECTIONS.into_iter().zip(&disk.directions) {
            let context = Disk { device: disk.device.clone(), direction };
            observer.observe(&context, value(counters));
        }
    }
}

pub(super) fn observe_interfaces(roles: &HostRoles, kernel: &KernelReading) -> Observations {
    observe_roles! { roles, kernel;
        network_io: |reading, observer| {
            each_interface(reading, observer, |counters| counters.bytes);
        };
        network_io_sum: |reading, observer| {
            if let Some(interfaces) = &reading.interfaces {
                for (direction, bytes) in NETWORK_DIRECTIONS.iter().zip(interfaces.io_sum) {
                    observer.observe(direction, bytes as f64);
                }
            }
        };
        network_packets: |reading, observer| {
            each_interface(reading, observer, |counters| counters.packets);
        };
        network_errors: |reading, observer| {
            each_interface(reading, observer, |counters| counters.errors);
        };
        network_dropped: |reading, observer| {
            each_interface(reading, observer, |counters| counters.dropped);
        };
    }
}

fn each_interface(
    reading: &Reading,
    observer: &mut RoleObserver<'_, Interface>,
    value: fn(&InterfaceDirectionCounters) -> u64,
) {
    for interface in reading.interfaces.iter().flat_map(|read| &read.interfaces) {
        for (direction, counters) in NETWORK_DIRECTIONS.into_iter().zip(&interface.directions) {
            let context = Interface { name: interface.name.clone(), direction };
            observer.observe(&context, value(counters) as f64);
        }
    }
}
