//! osapi: a small job service that manages the node it runs on.
//!
//! It is the reference application of [`osapi_metrics`]: a service author can copy from it.
//!
//! ```text
//!  POST /jobs ──► api ──► broker ──► agent ──► operations
//!                  ▲        │ embedded │           #[instrumented_job]: the metrics of a job
//!  GET /jobs/{id} ─┘        │ or nats  └─ metrics  osapi_agent_jobs_processed_total
//!                           ├─ job     what was asked, and how it ended
//!                           └─ fleet   which agents are there: osapi_agents_connected
//!
//!  GET /metrics ──► the runtime of osapi-metrics
//! ```
//!
//! * [`operations`] are the handlers: what a job can do.
//! * [`agent`] takes jobs and runs them; [`broker`] is the queue between it and the [`api`].
//! * [`app`] puts the parts together, in one process or in several, and takes them apart in the
//!   right order.
//! * [`metrics`] declares what the framework does not bring along.

pub mod agent;
pub mod api;
pub mod app;
pub mod broker;
pub mod fleet;
pub mod job;
pub mod metrics;
pub mod operations;
