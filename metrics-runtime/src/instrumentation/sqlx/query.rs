//! A query between its beginning and its end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use sqlx::{Database, Error};

use super::{Operation, SqlxRoles, driver::Driver, error_type};

/// What the queries of one connection share, from the time that the connection is taken from its
/// pool.
#[derive(Debug)]
pub(super) struct Session<DB: Database> {
    pub(super) roles: Arc<SqlxRoles>,
    pub(super) driver: Arc<Driver<DB>>,
    /// Whether the database has refused a query since the last rollback. PostgreSQL then rolls a
    /// transaction back, also where it is asked to commit it.
    pub(super) refused: AtomicBool,
}

/// A query on a connection. Dropping it records it, so no query is lost or counted twice.
#[derive(Debug)]
pub(super) struct Query<'s> {
    roles: &'s SqlxRoles,
    refused: &'s AtomicBool,
    operation: Operation,
    begun: Instant,
    /// Absent for a query whose rows are not read.
    rows: Option<u64>,
}

/// A query that has no connection yet. Dropping it counts it.
#[derive(Debug)]
pub(super) struct WaitingQuery<'r> {
    roles: &'r SqlxRoles,
    operation: Operation,
}

impl<DB: Database> Session<DB> {
    pub(super) fn new(roles: Arc<SqlxRoles>, driver: Arc<Driver<DB>>) -> Self {
        Self { roles, driver, refused: AtomicBool::new(false) }
    }

    /// Begins a query.
    pub(super) fn begin(&self, operation: Operation) -> Query<'_> {
        let (roles, refused) = (&*self.roles, &self.refused);
        Query { roles, refused, operation, begun: Instant::now(), rows: None }
    }
}

impl Query<'_> {
    /// Adds rows that were returned.
    pub(super) fn returned(&mut self, rows: u64) {
        *self.rows.get_or_insert(0) += rows;
    }

    /// Ends the query.
    pub(super) fn end<T>(mut self, result: Result<&T, &Error>) {
        match result {
            Err(Error::Database(_)) => self.refused.store(true, Ordering::Relaxed),
            Ok(_) if self.operation.name == "ROLLBACK" => {
                self.refused.store(false, Ordering::Relaxed);
            }
            _ => {}
        }
        self.operation.error_type = result.err().map(error_type);
    }
}

impl Drop for Query<'_> {
    fn drop(&mut self) {
        let (roles, operation) = (self.roles, &self.operation);
        roles.queries.inc(operation);
        roles.query_duration.record_duration(operation, self.begun.elapsed());
        if let (None, Some(rows)) = (operation.error_type, self.rows) {
            roles.rows.record(operation, rows as f64);
        }
    }
}

impl<'r> WaitingQuery<'r> {
    pub(super) fn new(roles: &'r SqlxRoles, operation: Operation) -> Self {
        Self { roles, operation }
    }

    /// The query has its connection, or will not have one.
    pub(super) fn end<T>(mut self, connection: Result<T, Error>) -> Result<T, Error> {
        match &connection {
            Ok(_) => std::mem::forget(self),
            Err(error) => self.operation.error_type = Some(error_type(error)),
        }
        connection
    }
}

impl Drop for WaitingQuery<'_> {
    fn drop(&mut self) {
        self.roles.queries.inc(&self.operation);
    }
}
