//! Connections, commands and batches of [redis-rs](::redis), the crate `redis`.
//!
//! An [`ObservedConnection`] is used in place of the connection. [`RedisMetrics`] lists the
//! metrics:
//!
//! ```no_run
//! use osapi_metrics::instrumentation::redis::ObservedConnection;
//! use redis::AsyncCommands;
//!
//! # async fn run() -> redis::RedisResult<()> {
//! let client = redis::Client::open("redis://127.0.0.1/")?;
//! let connection = client.get_multiplexed_async_connection().await?;
//! let mut connection = ObservedConnection::new(connection, "cache");
//!
//! connection.set::<_, _, ()>("greeting", "hello").await?;
//! let greeting: String = connection.get("greeting").await?;
//! let (a, b): (i64, i64) =
//!     redis::pipe().atomic().incr("a", 1).incr("b", 1).query_async(&mut connection).await?;
//! # drop((greeting, a, b));
//! # Ok(())
//! # }
//! ```
//!
//! It wraps a [`MultiplexedConnection`](::redis::aio::MultiplexedConnection), a `ConnectionManager`
//! and any other [`ConnectionLike`](::redis::aio::ConnectionLike), and is one itself. Methods of
//! the connection's own, such as `subscribe`, are called on [`ObservedConnection::connection`], and
//! are not measured.
//!
//! # What is measured
//!
//! * **Operations** by name and by the [class](error_type()) of their error: a command, or a
//!   *batch*, which is a pipeline or a transaction. An operation begins when its future is polled,
//!   and ends with its answer. One that is dropped before is `cancelled`; the server may have done
//!   it all the same. The time of a command that blocks, such as `BLPOP`, has the wait in it.
//! * **Commands of batches** by name and error, and the size of batches. The operation has the
//!   class of the first command that failed. A transaction that did nothing because a watched key
//!   had changed is `aborted`.
//! * **Connections** by state, disconnections and reconnections.
//! * **Pushes**: messages of channels, and what else comes without a command, if the connection's
//!   configuration has the sender of [`ConnectionObserver::pushes_to`].
//! * **The time to connect**, with [`ConnectionObserver::connect`].
//!
//! The client converts an answer to the type that the caller asks for after the operation has
//! ended. So an answer that is no value of that type is a success here, and an error for the
//! caller.
//!
//! Pools, such as those of `deadpool-redis` and `bb8-redis`, are not part of `redis`. Observe the
//! connections that they make; how many they have is known to the pool alone. A synchronous
//! `redis::Connection` cannot be observed.
//!
//! # The state of a connection
//!
//! The client shows no state. What is known of it comes from the operations:
//!
//! * An answer shows that the connection is there, also if it is an error of the server.
//! * An error after which the client gives a connection up shows that it is gone. A time-out does
//!   not show it: the state stays what it was.
//! * With a sender of pushes, the client reports a connection that is gone at once.
//!
//! Before the first of these, there is no series of `osapi_redis_connections` for the connection. A
//! `MultiplexedConnection` never comes back. A `ConnectionManager` connects again by itself, and
//! the first answer after that counts as the reconnection.
//!
//! # The end of the series
//!
//! The series that are read at a collection end when the last clone of the [`ObservedConnection`]
//! is dropped. Connections of one name are added up.
//!
//! # Names of your own
//!
//! A service with other names declares a set, whose metrics have the roles of [`RedisRoles`]:
//!
//! ```no_run
//! use osapi_metrics::{
//!     Counter, Histogram, MetricSet, ObservableGauge,
//!     instrumentation::redis::{ObservedConnection, RedisRoles},
//! };
//!
//! /// The cache of a shop.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = RedisRoles))]
//! struct ShopCache {
//!     /// Commands that have ended.
//!     #[metric(name = "shop.cache.commands.total", on = commands)]
//!     commands: Counter,
//!     /// Time of commands and batches.
//!     #[metric(
//!         name = "shop.cache.duration",
//!         buckets = [1, 10, 100],
//!         records_in = "ms",
//!         on = operation_duration,
//!     )]
//!     duration: Histogram,
//!     /// Whether the cache is connected: 1 or 0.
//!     #[metric(name = "shop.cache.connected", on = connected)]
//!     connected: ObservableGauge<(), u64>,
//! }
//!
//! # fn run(connection: redis::aio::MultiplexedConnection) {
//! let connection = ObservedConnection::new_in::<ShopCache>(connection, &());
//! # }
//! ```

mod commands;
mod connection;
mod error;
mod link;
mod metrics;
mod observer;
mod operation;
mod pushes;
mod roles;
mod shared;

pub use {
    connection::ObservedConnection,
    error::error_type,
    metrics::RedisMetrics,
    observer::ConnectionObserver,
    pushes::ObservedPushes,
    roles::{BatchKind, LinkState, PushClass, RedisRoles},
};

pub use super::database::{AcquireFailure, DatabaseMetrics, DatabaseSystem, Operation, PoolLabels};
