use std::io;

/// Why GPUs cannot be observed. A machine without a GPU or without NVIDIA's driver is no error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// The system does not give the process another thread, which reads the GPUs.
    #[error("cannot start the thread that reads the GPUs")]
    Thread(#[source] io::Error),
}
