//! The broker between the API and the agents: a work queue with acknowledgement, and a store of the
//! jobs' records.

mod embedded;
mod error;
mod interface;
#[cfg(test)]
mod tests;

pub mod nats;

pub use embedded::{EmbeddedBroker, Limits};
pub use error::BrokerError;
pub use interface::{Broker, Delivery, Lease};
