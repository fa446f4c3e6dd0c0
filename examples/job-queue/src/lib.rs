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

pub mod job;
pub mod queue;
