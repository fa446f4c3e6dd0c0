//! The calls of NVML for one GPU.

use std::sync::Arc;

use nvml_wrapper::{
    Device,
    enum_wrappers::device::{EccCounter, MemoryError, TemperatureSensor},
    error::NvmlError,
};

use super::{
    Gpu, GpuRoles,
    failure::{CallError, Failure},
    reading::{Values, number, share, small_number},
};
use crate::{roles::Count, sampling::Source};

/// The calls whose values have a metric.
#[expect(clippy::struct_excessive_bools, reason = "one for each call, not states")]
#[derive(Clone, Copy, Debug)]
pub(super) struct NeededCalls {
    utilization: bool,
    utilization_of_codecs: bool,
    memory: bool,
    temperature: bool,
    power: bool,
    energy: bool,
    errors: bool,
}

impl NeededCalls {
    pub(super) fn of(roles: &GpuRoles) -> Self {
        let by_task = !roles.utilization_by_task.is_unused();
        let memory = [
            roles.memory_usage.is_unused(),
            roles.memory_limit.is_unused(),
            roles.memory_utilization.is_unused(),
        ];
        Self {
            utilization: by_task || !roles.utilization.is_unused(),
            utilization_of_codecs: by_task,
            memory: memory.contains(&false),
            temperature: !roles.temperature.is_unused(),
            power: !roles.power.is_unused(),
            energy: !roles.energy.is_unused(),
            errors: !roles.errors.is_unused(),
        }
    }
}

/// The calls for one GPU, each with whether it failed the last time.
#[derive(Debug)]
pub(super) struct Calls {
    name: Source,
    utilization: Source,
    encoder: Source,
    decoder: Source,
    memory: Source,
    temperature: Source,
    power: Source,
    energy: Source,
    errors: Source,
}

impl Calls {
    pub(super) const fn new() -> Self {
        Self {
            name: Source::new("nvmlDeviceGetName"),
            utilization: Source::new("nvmlDeviceGetUtilizationRates"),
            encoder: Source::new("nvmlDeviceGetEncoderUtilization"),
            decoder: Source::new("nvmlDeviceGetDecoderUtilization"),
            memory: Source::new("nvmlDeviceGetMemoryInfo_v2"),
            temperature: Source::new("nvmlDeviceGetTemperature"),
            power: Source::new("nvmlDeviceGetPowerUsage"),
            energy: Source::new("nvmlDeviceGetTotalEnergyConsumption"),
            errors: Source::new("nvmlDeviceGetTotalEccErrors"),
        }
    }

    /// The name of the model.
    ///
    /// # Errors
    ///
    /// If the GPU or the driver has gone.
    pub(super) fn model(
        &self,
        device: &Device<'_>,
        gpu: &Gpu,
        errors: &Count,
    ) -> Result<Option<Arc<str>>, NvmlError> {
        let name = Outcomes { gpu, errors }.value(&self.name, device.name())?;
        Ok(name.filter(|name| !name.is_empty()).map(Arc::from))
    }

    /// Reads what the metrics need. A call that fails leaves its values out.
    ///
    /// # Errors
    ///
    /// If the GPU or the driver has gone: no other call would succeed.
    pub(super) fn read(
        &self,
        device: &Device<'_>,
        gpu: &Gpu,
        needed: NeededCalls,
        errors: &Count,
    ) -> Result<Values, NvmlError> {
        let gpu = Outcomes { gpu, errors };
        let mut values = Values::default();
        if needed.utilization {
            let rates = gpu.value(&self.utilization, device.utilization_rates())?;
            values.utilization = rates.and_then(|rates| share(rates.gpu));
        }
        if needed.utilization_of_codecs {
            let encoder = gpu.value(&self.encoder, device.encoder_utilization())?;
            let decoder = gpu.value(&self.decoder, device.decoder_utilization())?;
            values.encoder_utilization = encoder.and_then(|codec| share(codec.utilization));
            values.decoder_utilization = decoder.and_then(|codec| share(codec.utilization));
        }
        if needed.memory
            && let Some(memory) = gpu.value(&self.memory, device.memory_info())?
        {
            values.memory_usage = number(memory.used);
            values.memory_limit = number(memory.total);
        }
        if needed.temperature {
            let degrees = device.temperature(TemperatureSensor::Gpu);
            values.temperature = gpu.value(&self.temperature, degrees)?.and_then(small_number);
        }
        if needed.power {
            let milliwatts = gpu.value(&self.power, device.power_usage())?;
            values.power = milliwatts.and_then(small_number).map(|power| power / 1e3);
        }
        if needed.energy {
            let millijoules = gpu.value(&self.energy, device.total_energy_consumption())?;
            values.energy = millijoules.and_then(number).map(|energy| energy / 1e3);
        }
        if needed.errors {
            let total = |error| device.total_ecc_errors(error, EccCounter::Aggregate);
            let both = total(MemoryError::Corrected)
                .and_then(|corrected| Ok((corrected, total(MemoryError::Uncorrected)?)));
            if let Some((corrected, uncorrected)) = gpu.value(&self.errors, both)? {
                values.corrected_errors = number(corrected);
                values.uncorrected_errors = number(uncorrected);
            }
        }
        Ok(values)
    }
}

/// What becomes of the outcomes of the calls for a GPU.
struct Outcomes<'a> {
    gpu: &'a Gpu,
    errors: &'a Count,
}

impl Outcomes<'_> {
    /// The value of a call. `None` if the GPU has no such value, or if the call failed by itself.
    fn value<T>(
        &self,
        source: &Source,
        outcome: Result<T, NvmlError>,
    ) -> Result<Option<T>, NvmlError> {
        match outcome {
            Ok(value) => Ok(source.check(Ok::<_, NvmlError>(value), self.errors)),
            Err(error) => match Failure::of(&error) {
                Failure::Unsupported => Ok(None),
                Failure::Lost | Failure::Driver => Err(error),
                Failure::Other => {
                    let gpu = Some(self.gpu);
                    let error = CallError { index: self.gpu.index, gpu, error: &error };
                    Ok(source.check(Err(error), self.errors))
                }
            },
        }
    }
}
