//! osapi: a small job service that manages the node it runs on.
//!
//! It is the reference application of [`osapi_metrics`]: a service author can copy from it.
//!
//! ```text
//!  POST /jobs ──► api ──► broker ──► agent ──► operations
//!                  ▲        │          │           #[instrumented_job]: the metrics of a job
//!  GET /jobs/{id} ─┘        │          └─ metrics  osapi_agents_connected, …
//!                           └─ job     what was asked, and how it ended
//!
//!  GET /metrics ──► the runtime of osapi-metrics
//! ```
//!
//! * [`operations`] are the handlers: what a job can do.
//! * [`agent`] takes jobs and runs them; [`broker`] is the queue between it and the [`api`].
//! * [`app`] puts the parts together and takes them apart in the right order.
//! * [`metrics`] declares what the framework does not bring along.

pub mod agent;
pub mod api;
pub mod app;
pub mod broker;
pub mod job;
pub mod metrics;
pub mod operations;
