//! Metrics of connection pools, queries and transactions with a real PostgreSQL server.
//!
//! The metrics are global, so every test has a pool of its own name.

mod faults;
mod own_names;
mod pools;
mod queries;
mod transactions;
