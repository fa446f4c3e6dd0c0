//! A set of the host that is observed many times, with a label for each.

use osapi_metrics::{
    Counter, LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::host::{
        CpuMode, Disk, DiskDirection, FilesystemSpace, FilesystemState, HostRoles, Interface,
        MemoryState, NetworkDirection, PathSpace, Pressure, PressureResource, SpaceState, Stall,
    },
    roles::RoleLabels,
};
use osapi_metrics_tests::reading::Reading;

/// The test.
#[derive(Clone, LabelSet)]
pub(super) struct Case {
    #[label(max = 50)]
    pub(super) case: &'static str,
}

/// Label sets with the test, and with what is known of a value.
macro_rules! labels {
    ($(
        $set:ident of $context:ty {
            $($(#[$label:meta])* $field:ident: $value:ty = $made:expr,)*
        }
    )*) => {$(
        #[derive(LabelSet)]
        struct $set {
            #[label(flatten)]
            case: Case,
            $($(#[$label])* $field: $value,)*
        }

        impl RoleLabels<Case, $context> for $set {
            fn role_labels(case: &Case, context: &$context) -> Self {
                let made = ($($made as fn(&$context) -> $value,)*);
                let ($($field,)*) = made;
                Self { case: case.clone(), $($field: $field(context),)* }
            }
        }
    )*};
}
labels! {
    Modes of CpuMode { mode: CpuMode = |mode| *mode, }
    States of MemoryState { state: MemoryState = |state| *state, }
    Disks of Disk {
        #[label(max = 20)]
        device: String = |disk| disk.device.to_string(),
        direction: DiskDirection = |disk| disk.direction,
    }
    Interfaces of Interface {
        #[label(max = 20)]
        interface: String = |interface| interface.name.to_string(),
        direction: NetworkDirection = |interface| interface.direction,
    }
    Spaces of FilesystemSpace {
        #[label(max = 50)]
        mount_point: String = |space| space.filesystem.mount_point.to_string(),
        state: FilesystemState = |space| space.state,
    }
    Paths of PathSpace {
        #[label(max = 50)]
        path: String = |space| space.path.to_string(),
        #[label(key = "type")]
        space: SpaceState = |space| space.state,
    }
    Pressures of Pressure {
        resource: PressureResource = |pressure| pressure.resource,
        stall: Stall = |pressure| pressure.stall,
    }
}

#[derive(MetricSet)]
#[metric_set(prefix = "host_case", roles(of = HostRoles, labels = Case))]
pub(super) struct CaseHost {
    /// Time of processors.
    #[metric(unit = "s", on = cpu_time)]
    cpu_seconds_total: ObservableCounter<Modes, f64>,
    /// Memory by state.
    #[metric(unit = "By", on = memory_usage)]
    memory_bytes: ObservableGauge<States, u64>,
    /// Bytes of disks.
    #[metric(unit = "By", on = disk_io, max_series = 2000)]
    disk_bytes_total: ObservableCounter<Disks>,
    /// Bytes of all disks.
    #[metric(unit = "By", on = disk_io_sum)]
    disk_sum_bytes_total: ObservableCounter<Case>,
    /// Bytes of interfaces.
    #[metric(unit = "By", on = network_io, max_series = 2000)]
    network_bytes_total: ObservableCounter<Interfaces>,
    /// Bytes of all interfaces.
    #[metric(unit = "By", on = network_io_sum)]
    network_sum_bytes_total: ObservableCounter<Case>,
    /// Space of file systems.
    #[metric(unit = "By", on = filesystem_usage, max_series = 7500)]
    filesystem_bytes: ObservableGauge<Spaces, u64>,
    /// Space at paths.
    #[metric(unit = "By", on = path_usage, max_series = 5000)]
    disk_usage_bytes: ObservableGauge<Paths, u64>,
    /// Load.
    #[metric(on = load_average_1m)]
    load: ObservableGauge<Case>,
    /// Pressure.
    #[metric(unit = "s", on = pressure_time)]
    pressure_seconds_total: ObservableCounter<Pressures, f64>,
    /// Time since the start.
    #[metric(unit = "s", on = uptime)]
    uptime_seconds: ObservableGauge<Case>,
    /// Readings that failed.
    #[metric(unit = "{error}", on = reading_errors)]
    reading_errors_total: Counter<Case>,
}

pub(super) fn case_number(name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    Reading::of_lines_with("host_case", &crate::RUNTIME).number(name, labels)
}
