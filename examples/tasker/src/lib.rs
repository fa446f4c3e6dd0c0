//! tasker: workflows on PostgreSQL.
//!
//! It is the second reference application of [`osapi_metrics`]: a service author can copy from it.
//! A task is one run of a workflow; its steps go through queues to workers, and their results back.
//!
//! ```text
//!  POST /v1/tasks ─► requests ─► orchestration ─► queue of a namespace ─► worker ─► handlers
//!                                    ▲                                       │
//!                                    └────────────── results ◄───────────────┘
//! ```
//!
//! * [`workflow`] declares what can be run, and [`store`] keeps what runs, in PostgreSQL.
//! * [`queues`] are PGMQ's; [`notifications`] say when a message has come.
//! * [`orchestration`] and [`worker`] do the work, [`api`] takes requests, [`health`] says how
//!   everything is.
//! * [`metrics`] declares every metric of the list of tasker; [`resilience`] has the circuit
//!   breakers, and what the process can do with its database.
//! * [`app`] starts the parts of a process and stops them in the right order, as [`config`] says.
//! * [`client`] submits tasks, [`verify`] goes through the checklist of a running tasker.
//!
//! Each module imports only modules of the lines above it:
//!
//! ```text
//!  workflow   metrics
//!  resilience
//!  store      queues     notifications
//!  orchestration         worker
//!  config     health     api
//!  app        client     verify
//!  main       args, banner
//! ```

pub mod api;
pub mod app;
pub mod client;
pub mod config;
pub mod health;
pub mod metrics;
pub mod notifications;
pub mod orchestration;
pub mod queues;
pub mod resilience;
pub mod store;
pub mod verify;
pub mod worker;
pub mod workflow;
