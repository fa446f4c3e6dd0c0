use super::HostRoles;

/// The sources that the metrics of a set need.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each file")]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is read there"))]
pub(super) struct Needs {
    pub(super) cpu: bool,
    pub(super) load: bool,
    pub(super) memory: bool,
    pub(super) disks: bool,
    pub(super) interfaces: bool,
    pub(super) pressure: bool,
    pub(super) uptime: bool,
}

impl Needs {
    pub(super) fn of(roles: &HostRoles) -> Self {
        /// Whether the set has a metric for one of the roles.
        macro_rules! has {
            ($($role:ident)*) => { $(!roles.$role.is_unused())||* };
        }
        Self {
            cpu: has!(
                cpu_time cpu_time_by_processor cpu_utilization cpu_utilization_by_processor
                cpu_busy cpu_logical_count
            ),
            load: has!(load_average_1m load_average_5m load_average_15m),
            memory: has!(
                memory_usage memory_utilization memory_used_ratio memory_parts memory_part_ratio
                memory_slab memory_limit memory_available memory_shared swap_usage
            ),
            disks: has!(
                disk_io disk_io_sum disk_operations disk_io_time disk_operation_time
                disk_weighted_io_time disk_merged disk_pending_operations
            ),
            interfaces: has!(
                network_io network_io_sum network_packets network_errors network_dropped
            ),
            pressure: has!(pressure_time pressure_ratio),
            uptime: has!(uptime),
        }
    }
}
