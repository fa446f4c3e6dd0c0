//! job-queue: jobs for workers with capabilities, on Redis.
//!
//! It is the third reference application of [`osapi_metrics`]: a service author can copy from it.
//! A client submits a job with a priority and with requirements; a worker whose capabilities meet
//! them claims it, runs it with the connector of its service, and stores its end.
//!
//! ```text
//!  POST /jobs ─► queue ─► worker: claim, run ─► connector ─► end
//!                  │                                          │
//!  GET /events ◄───┴───────────────── events ◄────────────────┘
//! ```
//!
//! * [`job`] is what a client asks for, and how it ends; [`queue`] keeps the jobs, in the process
//!   or in Redis.
//! * [`worker`] claims jobs and runs them with the [`connectors`]; [`models`] are files that jobs
//!   need, and that workers download once.
//! * [`metrics`] declares every metric of the list of job-queue; the [`allocator`] reports the
//!   heap.
//! * [`api`] takes requests and sends events; [`app`] starts the parts of a process and stops them
//!   in the right order, as [`config`] says.
//! * [`verify`] starts processes of job-queue, and measures what their metrics cost and deliver.
//!
//! Each module imports only modules of the lines above it:
//!
//! ```text
//!  job
//!  queue      metrics     allocator   http_client
//!  models     connectors
//!  worker     api         config
//!  app        verify
//!  main       args, banner
//! ```

pub mod allocator;
pub mod api;
pub mod app;
pub mod config;
pub mod connectors;
pub mod http_client;
pub mod job;
pub mod metrics;
pub mod models;
pub mod queue;
pub mod verify;
pub mod worker;

mod hex;

#[cfg(test)]
mod testing;
