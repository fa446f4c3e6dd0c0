//! A queue inside the process, for one machine and for tests. Jobs and records end with the
//! process.
//!
//! [`store`] has every job and changes its state; [`waiting`] has the jobs that wait, in the order
//! in which they are claimed.

mod queue;
mod store;
mod waiting;

pub use queue::EmbeddedQueue;
