//! The broker between machines: NATS with JetStream.
//!
//! ```text
//!  stream OSAPI_JOBS      a work queue: each job goes to one agent, which acknowledges it when
//!    consumer agents      its end is stored; after 10 s of silence it goes to another agent
//!  bucket osapi-records   a record for each job: queued, running, and exactly one end
//!  osapi.finished         agents announce the ends of jobs
//!  osapi.agents           agents announce that they are connected
//! ```
//!
//! Jobs run at least once. When an agent stalls or loses its connection while it runs a job,
//! another agent may run the job as well. The end that is stored first stays.

mod accepted;
mod backoff;
mod broker;
mod connection;
mod health;
mod heartbeat;
mod lease;
mod problem;
mod publish;
mod pull;
mod records;
mod recovery;
mod resources;
mod rights;
mod room;
mod servers;
mod state;
mod unfinished;
mod unrunnable;
mod waiters;
mod wire;

pub use broker::NatsBroker;
pub use heartbeat::{Heartbeats, INTERVAL as HEARTBEAT_INTERVAL};
#[cfg(test)]
pub(super) use recovery::RecoverySchedule;
pub use resources::RECORDS_BUCKET;
pub use servers::{NatsServers, NatsServersError};
