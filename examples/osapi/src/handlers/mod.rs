//! The handlers of the operations: one module per subject, one function with
//! `#[instrumented_job]` per operation. The job metrics come with the attribute.

mod dns;
mod error;
mod file;
mod limit;
mod node;
mod process;
mod system;
#[cfg(test)]
mod tests;
mod wait;

pub use error::{FileError, OperationError};

use crate::{
    job::Job,
    operations::{Operation, Output},
};

/// Runs a job's operation on this machine.
///
/// # Errors
/// The error of the operation's handler; see [`OperationError`].
pub async fn run(job: &Job) -> Result<Output, OperationError> {
    match &job.operation {
        Operation::NodeHostname => node::hostname(job).await,
        Operation::NodeUptime => node::uptime(job).await,
        Operation::NodeMemory => node::memory(job).await,
        Operation::NodeDisk => node::disk(job).await,
        Operation::NodeLoad => node::load(job).await,
        Operation::FileSha256(args) => file::sha256(job, args).await,
        Operation::DnsResolve(args) => dns::resolve(job, args).await,
        Operation::ProcessList(args) => process::list(job, args).await,
        Operation::Wait(args) => wait::wait(job, args).await,
    }
}
