//! The roles of this instrumentation, and what their values are about.

use std::sync::Arc;

use super::{Celsius, Joules, Watts};
use crate::{
    LabelValue,
    roles::{Bytes, Count, Items, Level, Ratio, Seconds, Total},
};

/// What this module measures: the words after `on` in a set of your own; see
/// [the module](super#names-of-your-own).
///
/// All roles but the last two have the values of each GPU. A GPU has no value of what its driver
/// does not report.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct GpuRoles {
    /// Share of the time in which a kernel ran on the GPU, in the last sample period of the driver,
    /// which is a second or less.
    pub utilization: Level<Ratio, Gpu>,
    /// The same share, with the shares of the units that encode and decode video, for a metric with
    /// a label for them.
    pub utilization_by_task: Level<Ratio, GpuUtilization>,
    /// Memory in use, without what the driver reserves for itself.
    pub memory_usage: Level<Bytes, Gpu>,
    /// Size of the memory.
    pub memory_limit: Level<Bytes, Gpu>,
    /// Memory in use as a share of its size.
    pub memory_utilization: Level<Ratio, Gpu>,
    /// Temperature of the GPU's die.
    pub temperature: Level<Celsius, Gpu>,
    /// Power that the GPU draws, with its memory.
    pub power: Level<Watts, Gpu>,
    /// Energy that the GPU has used since its driver was loaded.
    pub energy: Total<Joules, Gpu>,
    /// Errors of the GPU's memory since the GPU was made, by type.
    pub errors: Total<Items, GpuErrors>,
    /// Whether the GPU is in a state: 1 for the state that it is in, 0 for the other one.
    pub status: Level<Items, GpuStatus>,
    /// Time since the last sample, once there was a GPU.
    pub sample_age: Level<Seconds>,
    /// Readings that failed. What a GPU does not support is no failure.
    pub reading_errors: Count,
}

/// The identity of a GPU: the context of most roles.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Gpu {
    /// Its index in the order of the driver, as `nvidia-smi` shows it. It can change when the
    /// machine or the driver starts again.
    pub index: u32,
    /// Its UUID, which never changes: `GPU-…`. If the driver cannot report it, `gpu-` and the
    /// index.
    pub uuid: Arc<str>,
    /// The name of its model: `NVIDIA H200`. `None` if the driver cannot report it as UTF-8.
    pub model: Option<Arc<str>>,
}

/// A GPU and what it is used for: the context of [`GpuRoles::utilization_by_task`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GpuUtilization {
    /// The GPU.
    pub gpu: Gpu,
    /// The use.
    pub task: GpuTask,
}

/// A GPU and the type of its errors: the context of [`GpuRoles::errors`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GpuErrors {
    /// The GPU.
    pub gpu: Gpu,
    /// The type.
    pub error_type: GpuErrorType,
}

/// A GPU and a state: the context of [`GpuRoles::status`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GpuStatus {
    /// The GPU.
    pub gpu: Gpu,
    /// The state.
    pub state: GpuState,
}

/// What a GPU is used for: the values of `hw.gpu.task` in OpenTelemetry's conventions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum GpuTask {
    /// Kernels: computation and graphics.
    General,
    /// Video is encoded.
    Encoder,
    /// Video is decoded.
    Decoder,
}

/// The type of an error of a GPU's memory: the values of `error.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum GpuErrorType {
    /// The error was corrected.
    Corrected,
    /// The error was found and not corrected.
    Uncorrected,
}

/// The state of a GPU: the values of `hw.state` in OpenTelemetry's conventions that the driver
/// reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum GpuState {
    /// The GPU answers.
    Ok,
    /// The GPU has fallen off the bus, or has to be reset.
    Failed,
}
