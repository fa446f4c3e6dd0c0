//! The metric set of services that know a GPU by its index, declared as in any other crate.

use super::{Gpu, GpuRoles};
use crate::{LabelSet, MetricSet, ObservableGauge, roles::RoleLabels};

/// The use of the GPUs by their index, for services that know a GPU by that.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `gpu_utilization_percent` | `gpu_index` | share of the time in which a kernel ran, 0 to 100 |
/// | `gpu_memory_used_bytes` | `gpu_index` | memory in use, without what the driver reserves |
///
/// The set is recorded in place of [`GpuMetrics`](super::GpuMetrics) if it is named:
///
/// ```
/// use osapi_metrics::instrumentation::gpu::{self, GpuIndexMetrics};
///
/// gpu::observe_in::<GpuIndexMetrics>(&())?.keep();
/// # Ok::<(), gpu::GpuError>(())
/// ```
///
/// A GPU beyond 32 is in the overflow series.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "gpu",
    roles(of = GpuRoles),
    allow(non_base_units),
    crate = "crate"
)]
pub struct GpuIndexMetrics {
    /// Share of the time in which a kernel ran on the GPU.
    #[metric(unit = "%", on = utilization)]
    utilization_percent: ObservableGauge<IndexLabels>,

    /// Memory of the GPU that is in use.
    #[metric(unit = "By", on = memory_usage)]
    memory_used_bytes: ObservableGauge<IndexLabels, u64>,
}

#[derive(LabelSet)]
#[label(crate = "crate")]
struct IndexLabels {
    #[label(max = 32)]
    gpu_index: u32,
}

impl RoleLabels<(), Gpu> for IndexLabels {
    fn role_labels((): &(), gpu: &Gpu) -> Self {
        Self { gpu_index: gpu.index }
    }
}
