//! Queues of PGMQ.
//!
//! # Installation
//!
//! # Names of your own

mod handle;
mod message;
mod metrics;
mod name;
mod operation;
mod roles;
mod sampling;

pub use {
    handle::Queue,
    message::Message,
    metrics::{QueueLabels, QueueMetrics},
    name::QueueNameError,
    roles::{QueueOperation, QueueRoles, QueueVerb},
    sampling::{QueueSample, QueueSampling},
};
