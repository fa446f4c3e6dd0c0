// The examples need the driver for PostgreSQL, which comes with the feature `queue`.

//! Connection pools, queries and transactions of [`sqlx`](::sqlx), for any of its databases.
//!
//! An [`ObservedPool`] is used in place of the pool. [`DatabaseMetrics`] lists the metrics:
//!
#![cfg_attr(feature = "queue", doc = "```no_run")]
#![cfg_attr(not(feature = "queue"), doc = "```ignore")]
//! use osapi_metrics::instrumentation::sqlx::ObservedPool;
//! use sqlx::postgres::PgPoolOptions;
//!
//! # async fn run() -> Result<(), sqlx::Error> {
//! let pool = PgPoolOptions::new().max_connections(10).connect("postgres://localhost/shop").await?;
//! let pool = ObservedPool::new(pool, "shop");
//!
//! let open: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&pool).await?;
//!
//! let mut transaction = pool.begin().await?;
//! sqlx::query("UPDATE orders SET paid = true").execute(&mut transaction).await?;
//! transaction.commit().await?;
//! # Ok(())
//! # }
//! ```
//!
//! References to the pool, to its connections and to its transactions are executors. Where `sqlx`
//! has `&mut *transaction`, the executor of an [`ObservedTransaction`] is `&mut transaction`; for
//! code that takes a connection there is [`ObservedTransaction::connection`], whose queries are not
//! measured.
//!
//! # What is measured
//!
//! * **Queries** by operation, which is the first word of the statement, and by the
//!   [class](error_type()) of their error. A query begins when its future or stream is polled, and
//!   ends with its last row or its error. One that is dropped before, also a stream that is not
//!   read to its end, is `cancelled`. That a row is missing is no error of the query.
//! * **The wait for a connection**, apart from dialling and from the query. `sqlx` has one time for
//!   the wait, the dial and the test of an idle connection. An observed pool admits callers in the
//!   order in which they asked, and as many as there may be connections, so a caller that is
//!   admitted does not wait for others. `sqlx` does not report that it dials; the size of the pool
//!   does, just before. The test of an idle connection, and the dial of a connection in place of
//!   one that fails the test, count as wait.
//! * **Transactions** by their end: committed, rolled back, dropped or failed.
//! * **Connections** by state, read from the pool at each collection.
//!
//! The wait is bounded by the pool's `acquire_timeout` as it is in `sqlx`. A caller that gives up
//! is counted, and leaves its place to the next one.
//!
//! Connections that are taken from [`ObservedPool::pool`] count in the numbers of connections only.
//! The time until they come back is part of the wait of observed callers.
//!
//! # The end of the series
//!
//! Observing does not keep a pool. The numbers of its connections end when the last clone of the
//! [`ObservedPool`] is dropped, or when the pool is closed. Pools of one name are added up.
//!
//! # Names of your own
//!
//! A service with other names declares a set, whose metrics have the roles of [`SqlxRoles`]:
//!
#![cfg_attr(feature = "queue", doc = "```no_run")]
#![cfg_attr(not(feature = "queue"), doc = "```ignore")]
//! use osapi_metrics::{
//!     Counter, Histogram, MetricSet,
//!     instrumentation::sqlx::{ObservedPool, SqlxRoles},
//! };
//!
//! /// The database of a shop.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = SqlxRoles))]
//! struct ShopDatabase {
//!     /// Queries that have ended.
//!     #[metric(name = "shop.sql.queries.total", on = queries)]
//!     queries: Counter,
//!     /// Time of queries.
//!     #[metric(
//!         name = "shop.sql.query.duration",
//!         buckets = [1, 10, 100, 1000],
//!         records_in = "ms",
//!         on = query_duration,
//!     )]
//!     duration: Histogram,
//! }
//!
//! # fn run(pool: sqlx::PgPool) {
//! let pool = ObservedPool::new_in::<ShopDatabase>(pool, &());
//! # }
//! ```
//!
//! # Requirements
//!
//! `sqlx` 0.9 needs Rust 1.94. The pool is used inside of a tokio runtime with timers. The feature
//! `macros` of `sqlx` comes with this one, because `sqlx::Executor` has another method with it.

mod acquire;
mod connection;
mod driver;
mod error;
mod executor;
mod operation;
mod pool;
mod query;
mod statement;
mod stream;
mod transaction;

pub use {
    connection::ObservedConnection, error::error_type, pool::ObservedPool,
    transaction::ObservedTransaction,
};

pub use super::database::{
    AcquireFailure, ConnectionState, DatabaseMetrics, DatabaseRoles as SqlxRoles, DatabaseSystem,
    Operation, PoolLabels, TransactionEnd,
};
