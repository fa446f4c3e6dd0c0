//! osapi: a small job service that manages the node it runs on.
//!
//! It is the reference application of [`osapi_metrics`]: a service author can copy from it.
//!
//! ```text
//!  POST /jobs ──► api ──► broker ──► agent ──► handlers
//!                  ▲        │ embedded │         #[instrumented_job]: the job metrics
//!  GET /jobs/{id} ─┘        │ or nats  └─ metrics  osapi_agent_jobs_processed_total
//!                           ├─ job     a request, its state, and how it ended
//!                           └─ fleet   the connected agents: osapi_agents_connected
//!
//!  GET /metrics ──► the runtime of osapi-metrics
//! ```
//!
//! * [`operations`] declares what a job can ask for, [`handlers`] runs it.
//! * [`agent`] takes jobs and runs them; [`broker`] is the queue between the agents and the
//!   [`api`].
//! * [`app`] starts the parts of a process, for one process or for several, and stops them in the
//!   right order.
//! * [`metrics`] declares the metrics that do not come with the framework.
//!
//! Each module imports only modules of the lines above it:
//!
//! ```text
//!  operations   fleet   metrics
//!  job
//!  broker       handlers
//!  api          agent
//!  app
//!  main         args, banner
//! ```

pub mod agent;
pub mod api;
pub mod app;
pub mod broker;
pub mod fleet;
pub mod handlers;
pub mod job;
pub mod metrics;
pub mod operations;
