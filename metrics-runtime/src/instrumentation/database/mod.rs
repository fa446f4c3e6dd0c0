//! The metrics of clients of databases, which [`sqlx`](super::sqlx) and [`redis`](super::redis)
//! record: one metric for all clients of a program, as OpenTelemetry's conventions have it.
//!
//! A client records in the [`DatabaseMetrics`] what it measures of the [`DatabaseRoles`]; the
//! series of other metrics do not begin. The label `db.system.name` is the database.

mod labels;
mod metrics;
mod roles;

pub use {
    labels::PoolLabels,
    metrics::DatabaseMetrics,
    roles::{
        AcquireFailure, ConnectionState, DatabaseRoles, DatabaseSystem, Operation, TransactionEnd,
    },
};
