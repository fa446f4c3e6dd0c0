use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::host::{HostRoles, PathSpace, SpaceState},
    roles::RoleLabels,
};

/// The machine.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `system.cpu.utilization` | | share of the processors that is busy |
/// | `system.memory.utilization` | | share of the memory that is used |
/// | `system.disk.io` | | bytes read and written, of all disks |
/// | `system.network.io` | | bytes received and sent, of all interfaces |
/// | `disk_usage_bytes` | `path`, `type`: `used`, `free` | space where the jobs work |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", roles(of = HostRoles), allow(semconv_names))]
pub struct HostMetrics {
    /// Share of the processors that is in use.
    #[metric(name = "system.cpu.utilization", unit = "1", on = cpu_busy, stale_after = "90s")]
    cpu_utilization: ObservableGauge,
    /// Share of the memory that is in use.
    #[metric(
        name = "system.memory.utilization",
        unit = "1",
        on = memory_used_ratio,
        stale_after = "90s",
    )]
    memory_utilization: ObservableGauge,
    /// Bytes read from and written to disks.
    #[metric(name = "system.disk.io", unit = "By", on = disk_io_sum)]
    disk_io: ObservableCounter,
    /// Bytes sent and received.
    #[metric(name = "system.network.io", unit = "By", on = network_io_sum)]
    network_io: ObservableCounter,
    /// Disk usage in bytes.
    #[metric(unit = "By", on = path_usage, stale_after = "90s")]
    disk_usage_bytes: ObservableGauge<DiskLabels, u64>,
}

/// The labels of the space at a path.
#[derive(Clone, Debug, LabelSet)]
pub struct DiskLabels {
    /// The folder in which jobs work.
    #[label(max = 4)]
    path: String,
    /// Whether the space is used or free.
    #[label(key = "type")]
    state: SpaceState,
}

impl RoleLabels<(), PathSpace> for DiskLabels {
    fn role_labels((): &(), space: &PathSpace) -> Self {
        Self { path: space.path.to_string(), state: space.state }
    }
}
