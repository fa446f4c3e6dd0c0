//! The beginning of the observation of the GPUs.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    GpuError, GpuErrorType, GpuErrors, GpuMetrics, GpuRoles, GpuState, GpuStatus, GpuTask,
    GpuUtilization,
    driver::Driver,
    reading::{GpuReading, Reading, Values},
};
use crate::{
    roles::{Observations, RecordRoles, RoleObserver},
    sampling::Sampler,
};

/// Records the [`GpuMetrics`] until the returned value is dropped, with the default
/// [options](GpuOptions).
///
/// Observe the GPUs once in a set: the values of two observations are added up.
///
/// # Errors
///
/// If there cannot be another thread. A machine without a GPU or without NVIDIA's driver is no
/// error: nothing is recorded until there is one.
///
/// ```
/// use osapi_metrics::instrumentation::gpu;
///
/// gpu::observe()?.keep();
/// # Ok::<(), gpu::GpuError>(())
/// ```
pub fn observe() -> Result<Observations, GpuError> {
    GpuOptions::new().observe()
}

/// Records the GPUs in a set of your own, which has `roles(of = GpuRoles)`, with the default
/// [options](GpuOptions). The labels are those of `roles(…, labels = …)`, `()` without them. The
/// [module](super#names-of-your-own) has an example.
///
/// # Errors
///
/// If there cannot be another thread, as for [`observe()`].
pub fn observe_in<S: RecordRoles<GpuRoles>>(labels: &S::Labels) -> Result<Observations, GpuError> {
    GpuOptions::new().observe_in::<S>(labels)
}

/// How the GPUs are observed.
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::instrumentation::gpu::GpuOptions;
///
/// let options = GpuOptions::new()
///     .interval(Duration::from_secs(60))
///     .library("/run/nvidia/driver/usr/lib64/libnvidia-ml.so.1");
/// options.observe()?.keep();
/// # Ok::<(), osapi_metrics::instrumentation::gpu::GpuError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GpuOptions {
    interval: Duration,
    library: Option<PathBuf>,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self { interval: Duration::from_secs(15), library: None }
    }
}

impl GpuOptions {
    /// The GPUs are read every 15 seconds, by the library that the system finds.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time between two readings, 1 ms to a year; a time beyond them is the nearer one. A
    /// reading that takes more than three intervals has failed. A [`Sampler`] reads less often if
    /// nothing collects the metrics.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The path of NVIDIA's library `libnvidia-ml.so.1` (`nvml.dll` on Windows), for systems that
    /// do not find it by its name. It is loaded as code of this process.
    #[must_use]
    pub fn library(mut self, path: impl Into<PathBuf>) -> Self {
        self.library = Some(path.into());
        self
    }

    /// Records the [`GpuMetrics`] until the returned value is dropped, as [`observe()`] does.
    ///
    /// # Errors
    ///
    /// If there cannot be another thread.
    pub fn observe(&self) -> Result<Observations, GpuError> {
        self.observe_in::<GpuMetrics>(&())
    }

    /// Records the GPUs in a set of your own, as [`observe_in`] does.
    ///
    /// # Errors
    ///
    /// If there cannot be another thread.
    pub fn observe_in<S: RecordRoles<GpuRoles>>(
        &self,
        labels: &S::Labels,
    ) -> Result<Observations, GpuError> {
        let set = S::global();
        let mut roles = set.roles(labels);
        // The sampler counts readings that fail, and the driver the calls in a reading.
        let errors = std::mem::take(&mut roles.reading_errors);
        let errors_of_calls = std::mem::take(&mut set.roles(labels).reading_errors);
        let mut driver = Driver::new(self.library.clone(), &roles, errors_of_calls);
        let has_gpus = driver.has_gpus();
        let read = move || driver.read();
        let sampler =
            Sampler::spawn("NVML", self.interval, errors, read).map_err(GpuError::Thread)?;
        Ok(observe_roles(&roles, sampler, &has_gpus))
    }
}

/// The sampler ends with the last observation.
fn observe_roles(
    roles: &GpuRoles,
    sampler: Sampler<Reading>,
    has_gpus: &Arc<AtomicBool>,
) -> Observations {
    let sampler = Arc::new(sampler);
    let value = |value: fn(&Values) -> Option<f64>| {
        of_gpus(&sampler, move |reading, observer| {
            observe_some(observer, || reading.gpu.clone(), value(&reading.values));
        })
    };
    let utilization_by_task = of_gpus(&sampler, |GpuReading { gpu, values }, observer| {
        let of = |task| move || GpuUtilization { gpu: gpu.clone(), task };
        observe_some(observer, of(GpuTask::General), values.utilization);
        observe_some(observer, of(GpuTask::Encoder), values.encoder_utilization);
        observe_some(observer, of(GpuTask::Decoder), values.decoder_utilization);
    });
    let errors = of_gpus(&sampler, |GpuReading { gpu, values }, observer| {
        let of = |error_type| move || GpuErrors { gpu: gpu.clone(), error_type };
        observe_some(observer, of(GpuErrorType::Corrected), values.corrected_errors);
        observe_some(observer, of(GpuErrorType::Uncorrected), values.uncorrected_errors);
    });
    let age = sampler.samples().age_observation();
    let has_gpus = Arc::clone(has_gpus);
    let sample_age = move |observer: &mut RoleObserver<'_, ()>| {
        if has_gpus.load(Ordering::Relaxed) {
            age(observer);
        }
    };
    let observations = [
        roles.utilization.observe(value(|values| values.utilization)),
        roles.utilization_by_task.observe(utilization_by_task),
        roles.memory_usage.observe(value(|values| values.memory_usage)),
        roles.memory_limit.observe(value(|values| values.memory_limit)),
        roles.memory_utilization.observe(value(Values::memory_utilization)),
        roles.temperature.observe(value(|values| values.temperature)),
        roles.power.observe(value(|values| values.power)),
        roles.energy.observe(value(|values| values.energy)),
        roles.errors.observe(errors),
        roles.status.observe(of_readings(&sampler, observe_status)),
        roles.sample_age.observe(sample_age),
    ];
    observations.into_iter().collect()
}

fn observe_status(reading: &Reading, observer: &mut RoleObserver<'_, GpuStatus>) {
    let ok = reading.gpus.iter().map(|reading| (&reading.gpu, 1.0));
    let lost = reading.lost.iter().map(|gpu| (gpu, 0.0));
    for (gpu, is_ok) in ok.chain(lost) {
        let of = |state| GpuStatus { gpu: gpu.clone(), state };
        observer.observe(&of(GpuState::Ok), is_ok);
        observer.observe(&of(GpuState::Failed), 1.0 - is_ok);
    }
}

/// The closure of an observation, which reports what it finds in the last reading of each GPU.
fn of_gpus<C: 'static>(
    sampler: &Arc<Sampler<Reading>>,
    report: impl Fn(&GpuReading, &mut RoleObserver<'_, C>) + Send + Sync + 'static,
) -> impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static {
    of_readings(sampler, move |reading, observer| {
        for gpu in &reading.gpus {
            report(gpu, observer);
        }
    })
}

/// The closure of an observation, which keeps the sampler.
fn of_readings<C: 'static>(
    sampler: &Arc<Sampler<Reading>>,
    report: impl Fn(&Reading, &mut RoleObserver<'_, C>) + Send + Sync + 'static,
) -> impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static {
    let sampler = Arc::clone(sampler);
    move |observer| {
        if let Some(sample) = sampler.samples().latest() {
            report(&sample.value, observer);
        }
    }
}

fn observe_some<C>(
    observer: &mut RoleObserver<'_, C>,
    context: impl FnOnce() -> C,
    value: Option<f64>,
) {
    if let Some(value) = value {
        observer.observe(&context(), value);
    }
}
