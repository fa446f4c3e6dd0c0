//! NVIDIA's GPUs, as their driver reports them: use, memory, temperature, power, energy, errors.
//!
//! One line is enough; [`GpuMetrics`] lists the metrics, and [`GpuIndexMetrics`] is a smaller set:
//!
//! ```
//! use osapi_metrics::instrumentation::gpu;
//!
//! gpu::observe()?.keep();
//! # Ok::<(), gpu::GpuError>(())
//! ```
//!
//! The driver's library NVML (`libnvidia-ml.so.1`) is loaded when the program runs: the build needs
//! neither the library nor CUDA. The program can be dynamically linked with the system's C library
//! only, because a static program cannot load a library.
//!
//! # Samples
//!
//! Calls of the driver can take seconds and can hang, so a thread of its own makes them, every 15
//! seconds or at [an interval of yours](GpuOptions::interval), and a collection shows the last
//! sample. A sample that takes more than three intervals has failed, and its series are absent
//! until the call returns. `osapi_gpu_sample_age_seconds` is the age of the last sample, also while
//! there is no other one.
//!
//! The library stays open between two readings, and with it the device files of the GPUs: their
//! driver cannot be unloaded before the observations are dropped.
//!
//! # Values that are missing
//!
//! * **No driver, no library or no GPU**: nothing is recorded, and one line of the log says why.
//!   The thread looks again at each interval.
//! * **The driver goes**: that is a failed reading, and all series are absent. When the driver is
//!   back, it is initialised again, and its GPUs are counted again.
//! * **A GPU falls off the bus or has to be reset**: its series are absent, but for `hw.status`,
//!   which says `failed`. The other GPUs stay. The driver is initialised again at each reading
//!   until the GPU is back.
//! * **A GPU does not support a value**: the value is absent for that GPU, and that is no error. A
//!   GPU in MIG mode has no utilization, a driver before 510 has no memory, a GPU before Volta has
//!   no energy, a GPU of a desktop has no errors of its memory.
//! * **A call fails otherwise**: the value is absent, the failure is counted in
//!   `osapi_gpu_reading_errors_total`, and logged when it begins and when it ends.
//! * **Numbers that stand for "not available"**, such as 18446744073709551615 of NVML and
//!   9223372036854775794 of DCGM, are absent values.
//!
//! # Names of your own
//!
//! A set of the service names the [`GpuRoles`] that it shows:
//!
//! ```
//! use osapi_metrics::{
//!     LabelSet, MetricSet, ObservableGauge,
//!     instrumentation::gpu::{self, Gpu, GpuRoles},
//!     roles::RoleLabels,
//! };
//!
//! #[derive(LabelSet)]
//! struct CardLabels {
//!     #[label(max = 16)]
//!     card: u32,
//! }
//!
//! impl RoleLabels<(), Gpu> for CardLabels {
//!     fn role_labels((): &(), gpu: &Gpu) -> Self {
//!         Self { card: gpu.index }
//!     }
//! }
//!
//! /// The cards of a render farm.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "farm", roles(of = GpuRoles), allow(non_base_units))]
//! struct FarmCards {
//!     /// Share of the time in which the card is busy.
//!     #[metric(unit = "%", on = utilization)]
//!     card_busy_percent: ObservableGauge<CardLabels>,
//!     /// Temperature of the card.
//!     #[metric(unit = "Cel", on = temperature)]
//!     card_temperature_celsius: ObservableGauge<CardLabels>,
//! }
//!
//! gpu::observe_in::<FarmCards>(&())?.keep();
//! # Ok::<(), gpu::GpuError>(())
//! ```
//!
//! The driver is asked only for the values that the set has metrics for.

mod calls;
mod dimension;
mod driver;
mod error;
mod failure;
mod index_metrics;
mod metrics;
mod observe;
mod reading;
mod roles;

pub use {
    dimension::{Celsius, Joules, Watts},
    error::GpuError,
    index_metrics::GpuIndexMetrics,
    metrics::GpuMetrics,
    observe::{GpuOptions, observe, observe_in},
    roles::{Gpu, GpuErrorType, GpuErrors, GpuRoles, GpuState, GpuStatus, GpuTask, GpuUtilization},
};
