//! The queue between the API and the workers: it keeps the jobs, gives each to one worker at a time,
//! and reports what happens to them.

mod error;
mod event;
mod interface;
mod options;
mod worker;

pub use error::QueueError;
pub use event::JobEvent;
pub use interface::{Cancelled, Claim, Heartbeat, Lease, Queue, QueueStats, Settled, Sweep};
pub use options::QueueOptions;
pub use worker::WorkerInfo;
