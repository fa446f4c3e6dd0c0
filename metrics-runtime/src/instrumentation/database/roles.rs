//! The roles of a client, and what their values are about.

use crate::{
    LabelValue,
    roles::{Active, Count, Distribution, Items, Level, Seconds},
};

/// What the client of a database measures: the roles of
/// [`DatabaseMetrics`](super::DatabaseMetrics), and of `sqlx::ObservedPool`.
///
/// A set of your own names a role with `on = …`; see [`roles`](crate::roles). Times are in seconds,
/// numbers of connections and of rows are numbers of items.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DatabaseRoles {
    /// Queries that have ended, with those for which there was no connection.
    pub queries: Count<Operation>,
    /// Time from the beginning of a query on its connection until its last row, its error or its
    /// cancellation. The wait for the connection is not part of it.
    pub query_duration: Distribution<Seconds, Operation>,
    /// Rows that a query has returned. A query that fails, that is cancelled, or that is executed
    /// without regard to rows is not recorded.
    pub rows: Distribution<Items, Operation>,
    /// Open connections by their state: [`connections_active`](Self::connections_active) and
    /// [`connections_idle`](Self::connections_idle) as one metric with a label.
    pub connections: Level<Items, ConnectionState>,
    /// Open connections that are in use, with those that are being dialled or returned.
    pub connections_active: Level<Items>,
    /// Open connections that nothing uses.
    pub connections_idle: Level<Items>,
    /// The greatest number of connections that the pool opens.
    pub connections_max: Level<Items>,
    /// Callers that have asked for a connection and do not have it yet.
    pub pending: Active,
    /// Time until a caller has a connection, without the time to dial it. Callers that get no
    /// connection are not recorded.
    pub wait: Distribution<Seconds>,
    /// Time to dial a connection for a caller that waits for it.
    pub connect: Distribution<Seconds>,
    /// Time that a caller has held a connection.
    pub used: Distribution<Seconds>,
    /// Callers that got no connection within the pool's `acquire_timeout`.
    pub timeouts: Count,
    /// Callers that got no connection, for whatever reason: also time-outs and cancellations.
    pub acquire_failures: Count<AcquireFailure>,
    /// Transactions that have ended.
    pub transactions: Count<TransactionEnd>,
    /// Time from the beginning of a transaction to its end.
    pub transaction_duration: Distribution<Seconds, TransactionEnd>,
}

/// A query or a command that has ended: the context of the roles of queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The database system.
    pub system: DatabaseSystem,
    /// The first word of the statement in upper case, such as `SELECT`, or the command of Redis,
    /// such as `HSET`; `OTHER` for a word that names no known operation.
    pub name: &'static str,
    /// The class of the error, of the `error_type` of the client's module, or `cancelled` if the
    /// future or the stream was dropped before its end; absent for a success.
    pub error_type: Option<&'static str>,
}

/// A database system, the label [`db.system.name`][system].
///
/// [system]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/#db-system-name
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
#[non_exhaustive]
pub enum DatabaseSystem {
    /// PostgreSQL.
    Postgresql,
    /// `MySQL`, or `MariaDB` by the same driver.
    Mysql,
    /// Redis, or a database with its protocol.
    Redis,
    /// `SQLite`.
    Sqlite,
    /// The database of another driver.
    OtherSql,
}

/// A caller that got no connection: the context of
/// [`acquire_failures`](DatabaseRoles::acquire_failures).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AcquireFailure {
    /// The class of the error, of the `error_type` of the client's module, or `cancelled` if the
    /// future was dropped.
    pub error_type: &'static str,
}

/// The state of a connection: the context of [`connections`](DatabaseRoles::connections), and the
/// label [`db.client.connection.state`][state].
///
/// [state]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#metric-dbclientconnectioncount
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum ConnectionState {
    /// Nothing uses the connection.
    Idle,
    /// The connection is in use.
    Used,
}

/// How a transaction has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum TransactionEnd {
    /// `commit` succeeded.
    Committed,
    /// `rollback` succeeded; or PostgreSQL was asked to
    /// commit a transaction in which a query had failed, and has rolled it back.
    RolledBack,
    /// The transaction was dropped, which rolls it back.
    Dropped,
    /// `BEGIN`, `COMMIT` or `ROLLBACK` returned an error.
    Failed,
}
