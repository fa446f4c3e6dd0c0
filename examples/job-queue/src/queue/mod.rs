//! The queue between the API and the workers: it keeps the jobs, gives each to one worker at a
//! time, and reports what happens to them.

mod class;
mod embedded;
mod error;
mod event;
mod interface;
mod options;
#[cfg(all(test, unix))]
mod tests;
mod worker;

pub mod redis;

pub use embedded::EmbeddedQueue;
pub use error::{QueueError, Refusal};
pub use event::JobEvent;
pub use interface::{Cancelled, Claim, Heartbeat, Lease, Queue, QueueStats, Settled, Sweep};
pub use options::QueueOptions;
pub use worker::WorkerInfo;

/// How many events a receiver may be behind before it misses some.
const EVENT_CAPACITY: usize = 4_096;
