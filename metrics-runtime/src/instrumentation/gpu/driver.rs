//! NVIDIA's driver, by its library NVML.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use nvml_wrapper::{Device, Nvml, bitmasks::InitFlags, error::NvmlError};

use super::{
    Gpu, GpuRoles,
    calls::{Calls, NeededCalls},
    failure::{CallError, DriverError, Failure},
    reading::{GpuReading, Reading},
};
use crate::{regular_file, roles::Count, sampling::Source};

/// Reads all GPUs. Each call of NVML can hang, so a thread of its own calls it.
#[derive(Debug)]
pub(super) struct Driver {
    library: Option<PathBuf>,
    needed: NeededCalls,
    errors: Count,
    /// NVML as the last reading left it. It is initialised again after the driver went, and as long
    /// as a GPU is lost: it has the GPUs that were there when it was initialised.
    nvml: Option<Nvml>,
    /// All GPUs that were read.
    known: Vec<KnownGpu>,
    /// What the driver has at each index.
    slots: Vec<Slot>,
    /// Whether a GPU was read.
    has_gpus: Arc<AtomicBool>,
    absence_is_logged: bool,
}

#[derive(Debug)]
struct KnownGpu {
    gpu: Gpu,
    source: Source,
    calls: Calls,
    is_lost: bool,
}

#[derive(Debug)]
struct Slot {
    /// The position among the known GPUs of the one that was last read at this index.
    known: Option<usize>,
    /// The calls that identify the GPU.
    source: Source,
}

impl Driver {
    /// Failures of calls are counted in `errors`, but for failures that end the reading.
    pub(super) fn new(library: Option<PathBuf>, roles: &GpuRoles, errors: Count) -> Self {
        Self {
            library,
            needed: NeededCalls::of(roles),
            errors,
            nvml: None,
            known: Vec::new(),
            slots: Vec::new(),
            has_gpus: Arc::default(),
            absence_is_logged: false,
        }
    }

    /// Becomes true when a GPU is read for the first time.
    pub(super) fn has_gpus(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_gpus)
    }

    /// Reads all GPUs. A machine that never had one has an empty reading.
    pub(super) fn read(&mut self) -> Result<Reading, DriverError> {
        match self.read_gpus() {
            Ok(reading) => {
                if !reading.gpus.is_empty() && !self.has_gpus.swap(true, Ordering::Relaxed) {
                    let (library, gpus) = (self.library_name(), reading.gpus.len());
                    tracing::info!(library, gpus, "the metrics of NVIDIA's GPUs are read");
                }
                Ok(reading)
            }
            Err(error) if error.is_absence() && !self.has_gpus.load(Ordering::Relaxed) => {
                if !std::mem::replace(&mut self.absence_is_logged, true) {
                    tracing::info!(
                        reason = %error,
                        "there is no GPU of NVIDIA; the metrics of GPUs are absent until there is one"
                    );
                }
                Ok(Reading::default())
            }
            Err(error) => Err(error),
        }
    }

    fn read_gpus(&mut self) -> Result<Reading, DriverError> {
        // Not kept if the reading fails: the driver may come back as another one.
        let nvml = self.nvml.take().map_or_else(|| self.initialize(), Ok)?;
        let count = nvml.device_count().map_err(|error| self.failed(error))?;
        if count == 0 {
            return Err(DriverError::NoGpu { library: self.library_name() });
        }
        if self.slots.len() != count as usize {
            let slot = |_| Slot { known: None, source: Source::new("a GPU in NVML") };
            self.slots = (0..count).map(slot).collect();
        }
        let (mut gpus, mut is_any_lost) = (Vec::new(), false);
        for index in 0..count {
            match self.read_gpu(&nvml, index) {
                Ok(reading) => gpus.push(reading),
                Err(error) => match Failure::of(&error) {
                    Failure::Driver => return Err(self.failed(error)),
                    failure => {
                        self.report_failure(index, &error);
                        is_any_lost |= failure == Failure::Lost;
                    }
                },
            }
        }
        let lost = self.known.iter().filter(|known| known.is_lost);
        let lost: Vec<_> = lost.map(|known| known.gpu.clone()).collect();
        if lost.is_empty() && !is_any_lost {
            self.nvml = Some(nvml);
        }
        Ok(Reading { gpus, lost })
    }

    fn initialize(&self) -> Result<Nvml, DriverError> {
        let mut builder = Nvml::builder();
        if let Some(library) = &self.library {
            self.check_file(library)?;
            builder.lib_path(library.as_os_str());
        }
        builder.flags(InitFlags::NO_GPUS).init().map_err(|error| self.failed(error))
    }

    /// The loader opens whatever is there, and holds a lock of the whole process meanwhile, so that
    /// a pipe without a writer would stop the process. It searches its own folders for a mere name.
    fn check_file(&self, library: &Path) -> Result<(), DriverError> {
        if library.components().count() == 1 {
            return Ok(());
        }
        let opened = regular_file::open(library);
        opened.map(drop).map_err(|error| DriverError::File { library: self.library_name(), error })
    }

    fn read_gpu(&mut self, nvml: &Nvml, index: u32) -> Result<GpuReading, NvmlError> {
        let device = nvml.device_by_index(index)?;
        let uuid = uuid(&device, index)?;
        let position = self.identify(index, &uuid);
        self.slots[index as usize].known = Some(position);
        let known = &mut self.known[position];
        if known.gpu.model.is_none() {
            known.gpu.model = known.calls.model(&device, &known.gpu, &self.errors)?;
        }
        let values = known.calls.read(&device, &known.gpu, self.needed, &self.errors)?;
        known.is_lost = false;
        let read = Ok::<_, NvmlError>(());
        let _ = known.source.check(read.as_ref(), &self.errors);
        let _ = self.slots[index as usize].source.check(read, &self.errors);
        Ok(GpuReading { gpu: known.gpu.clone(), values })
    }

    /// The position of the GPU among those that are known, with its present index.
    fn identify(&mut self, index: u32, uuid: &str) -> usize {
        let found = self.known.iter().position(|known| &*known.gpu.uuid == uuid);
        let position = found.unwrap_or_else(|| {
            self.known.push(KnownGpu {
                gpu: Gpu { index, uuid: uuid.into(), model: None },
                source: Source::new("a GPU in NVML"),
                calls: Calls::new(),
                is_lost: false,
            });
            self.known.len() - 1
        });
        self.known[position].gpu.index = index;
        position
    }

    /// Counts and logs that the GPU at an index cannot be read.
    fn report_failure(&mut self, index: u32, error: &NvmlError) {
        let slot = &self.slots[index as usize];
        let known = slot.known.map(|position| &mut self.known[position]);
        let gpu = known.as_ref().map(|known| known.gpu.clone());
        let failure = Failure::of(error);
        let error = CallError { index, gpu: gpu.as_ref(), error };
        let source = match known {
            Some(known) => {
                known.is_lost |= failure == Failure::Lost;
                &known.source
            }
            None => &slot.source,
        };
        let _ = source.check::<(), _>(Err(error), &self.errors);
    }

    fn failed(&self, error: NvmlError) -> DriverError {
        DriverError::Nvml { library: self.library_name(), error }
    }

    fn library_name(&self) -> String {
        let library = self.library.as_ref().map(|path| path.display().to_string());
        library.unwrap_or_else(|| "NVML".to_owned())
    }
}

/// The UUID of a GPU, or its index if the driver cannot report the UUID.
fn uuid(device: &Device<'_>, index: u32) -> Result<String, NvmlError> {
    match device.uuid() {
        Ok(uuid) if !uuid.is_empty() => Ok(uuid),
        Err(error) if Failure::of(&error) != Failure::Unsupported => Err(error),
        Ok(_) | Err(_) => Ok(format!("gpu-{index}")),
    }
}
