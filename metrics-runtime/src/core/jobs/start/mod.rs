//! The data of a job that exist before its start.

mod attempt;
mod context;
mod job_start;
mod queued_at;

pub use attempt::AttemptNumber;
pub use context::JobContext;
pub use job_start::{Start, attempt, waited};
pub use queued_at::QueuedAt;

pub(super) use context::HandlerCache;
