//! The connectors: what a worker does for a job, one module for each service.
//!
//! A connector that computes does so on a thread of its own, which stops soon after the future of
//! the job is dropped: so a time-out or a cancellation ends the work itself.

mod blocking;
mod compress;
mod error;
mod hash;
mod image;
mod output;
mod progress;
mod simulation;
#[cfg(test)]
mod tests;

pub use error::ConnectorError;
pub use progress::Progress;

use crate::{
    http_client::HttpClient,
    job::{JobOutput, Payload},
    models::ModelCache,
};

/// Everything that the connectors of a process need.
#[derive(Clone, Debug)]
pub struct Connectors {
    /// Reads what a job has an address of.
    pub http: HttpClient,
    /// The models.
    pub models: ModelCache,
    /// The most bytes that the output of a job may have in memory.
    pub memory_limit: u64,
}

impl Connectors {
    /// Does the work of a job. `attempt` counts from 1.
    ///
    /// # Errors
    /// See [`ConnectorError`]. Time-outs are the caller's: it drops the future.
    ///
    /// # Panics
    /// If a simulated job asks for it.
    pub async fn run(
        &self,
        payload: &Payload,
        attempt: u32,
        progress: &Progress,
    ) -> Result<JobOutput, ConnectorError> {
        match payload {
            Payload::Simulation(payload) => simulation::run(self, payload, attempt, progress).await,
            Payload::Hash(payload) => hash::run(self, payload, progress).await,
            Payload::Compress(payload) => compress::run(payload, progress).await,
            Payload::Image(payload) => image::run(self, payload, progress).await,
        }
    }
}

/// A buffer of so many bytes, if a job may have so many.
fn buffer(bytes: u64, limit: u64) -> Result<Vec<u8>, ConnectorError> {
    check_memory(bytes, limit)?;
    let mut buffer = Vec::new();
    let length = usize::try_from(bytes).unwrap_or(usize::MAX);
    buffer
        .try_reserve_exact(length)
        .map_err(|cause| ConnectorError::OutOfMemory { bytes, cause })?;
    buffer.resize(length, 0);
    Ok(buffer)
}

fn check_memory(bytes: u64, limit: u64) -> Result<(), ConnectorError> {
    if bytes > limit { Err(ConnectorError::MemoryLimit { bytes, limit }) } else { Ok(()) }
}
