use osapi_metrics::{
    LabelSet, MetricSet, ObservableGauge,
    instrumentation::process::{MemoryType, ProcessError, ProcessOptions, ProcessRoles},
    roles::{Observations, RoleLabels},
};

use crate::allocator;

/// The label of a part of the memory of the process.
#[derive(Clone, Copy, Debug, LabelSet)]
pub struct MemoryLabels {
    /// The part; the parts overlap.
    #[label(key = "type")]
    pub memory_type: MemoryType,
}

impl RoleLabels<(), MemoryType> for MemoryLabels {
    fn role_labels((): &(), memory_type: &MemoryType) -> Self {
        Self { memory_type: *memory_type }
    }
}

/// The memory of the process.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `process_memory_usage_bytes` | `type`: `heap`, `heap_total`, `rss` | bytes that the program has allocated, that the allocator has of the system, that are in physical memory |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", roles(of = ProcessRoles))]
pub struct ProcessMemoryMetrics {
    /// Process memory usage in bytes.
    #[metric(unit = "By", on = memory_by_type)]
    process_memory_usage_bytes: ObservableGauge<MemoryLabels, u64>,
}

/// Observes the memory of the process until the returned value is dropped. The heap is absent where
/// the [allocator](crate::allocator) does not report it.
///
/// # Errors
/// `/proc` cannot be read, or the system is not Linux.
pub fn observe_process() -> Result<Observations, ProcessError> {
    ProcessOptions::new().heap(allocator::heap_usage).observe_in::<ProcessMemoryMetrics>(&())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use osapi_metrics::testing;

    use super::*;

    #[test]
    fn the_memory_of_the_process_has_its_parts() {
        let captured = testing::capture_thread();
        let _observations = observe_process().unwrap();
        let bytes = |part| {
            let value = captured.gauge("process_memory_usage_bytes", &[("type", part)]);
            value.map(testing::CapturedValue::as_f64)
        };
        assert!(bytes("rss").unwrap() > 1e6);
        if allocator::heap_usage().is_some() {
            let (heap, total) = (bytes("heap").unwrap(), bytes("heap_total").unwrap());
            assert!(heap > 1e4 && total >= heap, "{heap} {total}");
        }
    }
}
