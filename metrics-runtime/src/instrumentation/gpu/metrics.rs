//! The shipped metric set and its labels, declared as in any other crate.

use std::sync::Arc;

use super::{Gpu, GpuErrorType, GpuErrors, GpuRoles, GpuState, GpuStatus, GpuTask, GpuUtilization};
use crate::{
    Counter, LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge,
    ObservableUpDownCounter,
    labels::{LabelRef, OpenLabelValue},
    roles::RoleLabels,
};

/// The GPUs of the machine.
///
/// | metric | labels, beside `hw.id`, `hw.model` and `gpu_index` | meaning |
/// |---|---|---|
/// | `hw.gpu.utilization` | `hw.gpu.task`: `general`, `encoder`, `decoder` | share of the time in which the GPU was in use |
/// | `hw.gpu.memory.usage` | | memory in use, without what the driver reserves |
/// | `hw.gpu.memory.limit` | | size of the memory |
/// | `hw.gpu.memory.utilization` | | memory in use as a share of its size |
/// | `hw.temperature` | `hw.sensor_location`: `gpu` | temperature of the die |
/// | `hw.power` | `hw.type`: `gpu` | power that the GPU draws |
/// | `hw.energy` | `hw.type`: `gpu` | energy used since the driver was loaded |
/// | `hw.errors` | `hw.type`: `gpu`; `error.type`: `corrected`, `uncorrected` | errors of the memory since the GPU was made |
/// | `hw.status` | `hw.type`: `gpu`; `hw.state`: `ok`, `failed` | 1 for the state that the GPU is in, 0 for the other |
/// | `osapi_gpu_sample_age_seconds` | without labels | time since the GPUs were read |
/// | `osapi_gpu_reading_errors_total` | without labels | readings that failed |
///
/// Names and labels that begin with `hw` are of OpenTelemetry's [semantic conventions for
/// hardware], which are in development. `hw.id` is the UUID of the GPU, `hw.model` the name of its
/// model, `gpu_index` its index in `nvidia-smi`. `hw.status` has no unit, where the convention has
/// `1`, which is the unit of ratios here. `hw.gpu.io` is not there: NVML has the throughput of 20
/// milliseconds, and no sum of bytes.
///
/// GPUs beyond 32 and models beyond 8 share the overflow series.
///
/// [semantic conventions for hardware]: https://opentelemetry.io/docs/specs/semconv/hardware/gpu/
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "",
    roles(of = GpuRoles),
    allow(semconv_names),
    crate = "crate"
)]
pub struct GpuMetrics {
    /// Fraction of time spent in a specific task.
    #[metric(
        name = "hw.gpu.utilization",
        unit = "1",
        max_series = SERIES,
        on = utilization_by_task
    )]
    utilization: ObservableGauge<UtilizationLabels>,

    /// GPU memory used.
    #[metric(name = "hw.gpu.memory.usage", unit = "By", max_series = SERIES, on = memory_usage)]
    memory_usage: ObservableUpDownCounter<GpuLabels>,

    /// Size of the GPU memory.
    #[metric(name = "hw.gpu.memory.limit", unit = "By", max_series = SERIES, on = memory_limit)]
    memory_limit: ObservableUpDownCounter<GpuLabels>,

    /// Fraction of GPU memory used.
    #[metric(
        name = "hw.gpu.memory.utilization",
        unit = "1",
        max_series = SERIES,
        on = memory_utilization
    )]
    memory_utilization: ObservableGauge<GpuLabels>,

    /// Temperature of the component.
    #[metric(name = "hw.temperature", unit = "Cel", max_series = SERIES, on = temperature)]
    temperature: ObservableGauge<TemperatureLabels>,

    /// Instantaneous power consumed by the component.
    #[metric(name = "hw.power", unit = "W", max_series = SERIES, on = power)]
    power: ObservableGauge<HardwareLabels>,

    /// Energy consumed by the component.
    #[metric(name = "hw.energy", unit = "J", max_series = SERIES, on = energy)]
    energy: ObservableCounter<HardwareLabels, f64>,

    /// Number of errors encountered by the component.
    #[metric(name = "hw.errors", unit = "{error}", max_series = SERIES, on = errors)]
    errors: ObservableCounter<ErrorLabels>,

    /// Operational status: 1 (true) or 0 (false) for each of the possible states.
    #[metric(name = "hw.status", max_series = SERIES, on = status)]
    status: ObservableUpDownCounter<StatusLabels>,

    /// Time since the GPUs were read.
    #[metric(name = "osapi_gpu_sample_age_seconds", unit = "s", on = sample_age)]
    sample_age: ObservableGauge,

    /// Readings of the GPUs that failed.
    #[metric(name = "osapi_gpu_reading_errors_total", unit = "{error}", on = reading_errors)]
    reading_errors: Counter,
}

/// 32 UUIDs, 32 indices, 8 models and 3 tasks: what no machine has, because a GPU has one of each.
const SERIES: usize = 32 * 32 * 8 * 3;

/// A text that series and readings share.
struct SharedText(Arc<str>);

impl OpenLabelValue for SharedText {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(&self.0)
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
struct GpuLabels {
    #[label(key = "hw.id", max = 32)]
    uuid: SharedText,
    #[label(key = "hw.model", max = 8)]
    model: Option<SharedText>,
    #[label(key = "gpu_index", max = 32)]
    index: u32,
}

impl From<&Gpu> for GpuLabels {
    fn from(gpu: &Gpu) -> Self {
        let shared = |text: &Arc<str>| SharedText(Arc::clone(text));
        Self { uuid: shared(&gpu.uuid), model: gpu.model.as_ref().map(shared), index: gpu.index }
    }
}

impl RoleLabels<(), Gpu> for GpuLabels {
    fn role_labels((): &(), gpu: &Gpu) -> Self {
        gpu.into()
    }
}

/// The labels of a GPU with further labels, which are constant or those of a context.
macro_rules! labels {
    ($(
        $set:ident of $context:ident: $of:ident => $gpu:expr;
        $($key:literal $field:ident: $value:ty = $given:expr;)*
    )*) => {$(
        #[derive(LabelSet)]
        #[label(crate = "crate", allow(semconv_names))]
        struct $set {
            #[label(flatten)]
            gpu: GpuLabels,
            $(#[label(key = $key)] $field: $value,)*
        }

        impl RoleLabels<(), $context> for $set {
            fn role_labels((): &(), $of: &$context) -> Self {
                Self { gpu: $gpu.into(), $($field: $given,)* }
            }
        }
    )*};
}
labels! {
    UtilizationLabels of GpuUtilization: of => &of.gpu;
        "hw.gpu.task" task: GpuTask = of.task;

    TemperatureLabels of Gpu: of => of;
        "hw.sensor_location" location: SensorLocation = SensorLocation::Gpu;

    HardwareLabels of Gpu: of => of;
        "hw.type" hardware_type: HardwareType = HardwareType::Gpu;

    ErrorLabels of GpuErrors: of => &of.gpu;
        "hw.type" hardware_type: HardwareType = HardwareType::Gpu;
        "error.type" error_type: GpuErrorType = of.error_type;

    StatusLabels of GpuStatus: of => &of.gpu;
        "hw.type" hardware_type: HardwareType = HardwareType::Gpu;
        "hw.state" state: GpuState = of.state;
}

#[derive(Clone, Copy, LabelValue)]
#[label(crate = "crate")]
enum HardwareType {
    Gpu,
}

#[derive(Clone, Copy, LabelValue)]
#[label(crate = "crate")]
enum SensorLocation {
    Gpu,
}
