//! Connection pools, queries and transactions of [`sqlx`](::sqlx).

mod acquire;
mod connection;
mod driver;
mod error;
mod executor;
mod labels;
mod metrics;
mod operation;
mod pool;
mod query;
mod roles;
mod stream;
mod transaction;

pub use {
    connection::ObservedConnection,
    error::error_type,
    labels::PoolLabels,
    metrics::DatabaseMetrics,
    pool::ObservedPool,
    roles::{
        AcquireFailure, ConnectionState, DatabaseSystem, Operation, SqlxRoles, TransactionEnd,
    },
    transaction::ObservedTransaction,
};
