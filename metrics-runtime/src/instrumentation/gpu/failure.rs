//! What the errors of NVML mean.

use std::{fmt, io};

use nvml_wrapper::error::NvmlError;

use super::Gpu;

/// What an error of a call says of the GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The GPU, or the driver for it, has no such value.
    Unsupported,
    /// The GPU has fallen off the bus, or does not answer before it is reset.
    Lost,
    /// The driver has gone, so that no GPU can be read.
    Driver,
    /// The call failed.
    Other,
}

impl Failure {
    pub(super) fn of(error: &NvmlError) -> Self {
        match error {
            NvmlError::NotSupported
            | NvmlError::FunctionNotFound
            | NvmlError::FailedToLoadSymbol(_)
            | NvmlError::VgpuEccNotSupported
            | NvmlError::NoData
            | NvmlError::Utf8Error(_) => Self::Unsupported,
            NvmlError::GpuLost | NvmlError::ResetRequired => Self::Lost,
            NvmlError::Uninitialized
            | NvmlError::DriverNotLoaded
            | NvmlError::LibRmVersionMismatch => Self::Driver,
            _ => Self::Other,
        }
    }
}

/// Why a whole reading failed, or there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub(super) enum DriverError {
    #[error("{library}: {error}")]
    Nvml { library: String, error: NvmlError },
    #[error("{library}: {error}")]
    File { library: String, error: io::Error },
    #[error("{library}: the driver has no GPU")]
    NoGpu { library: String },
}

impl DriverError {
    /// Whether the machine has no GPU of NVIDIA, as far as this process can know.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::File { .. } | Self::NoGpu { .. } => true,
            Self::Nvml { error, .. } => matches!(
                error,
                NvmlError::LibloadingError(_)
                    | NvmlError::FailedToLoadSymbol(_)
                    | NvmlError::LibraryNotFound
                    | NvmlError::DriverNotLoaded
            ),
        }
    }
}

/// An error of a call for a GPU, for the log.
#[derive(Debug)]
pub(super) struct CallError<'a> {
    pub(super) index: u32,
    /// `None` if the GPU is not known yet.
    pub(super) gpu: Option<&'a Gpu>,
    pub(super) error: &'a NvmlError,
}

impl fmt::Display for CallError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, gpu, error } = self;
        match gpu {
            Some(gpu) => write!(f, "GPU {index}, {}: {error}", gpu.uuid),
            None => write!(f, "GPU {index}: {error}"),
        }
    }
}
