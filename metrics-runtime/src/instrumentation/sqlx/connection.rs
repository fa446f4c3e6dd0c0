//! A connection that a caller holds.

use sqlx::{Database, Error, pool::PoolConnection};

use super::{acquire::Hold, query::Session};

/// A connection of an [`ObservedPool`](super::ObservedPool), which goes back to the pool when this
/// value is dropped. The time until then is measured.
///
/// A mutable reference to it is an [`Executor`](sqlx::Executor).
#[derive(Debug)]
pub struct ObservedConnection<DB: Database> {
    pub(super) session: Session<DB>,
    /// Dropped before the permit of the next caller.
    pub(super) connection: PoolConnection<DB>,
    pub(super) hold: Hold,
}

impl<DB: Database> ObservedConnection<DB> {
    pub(super) fn new(session: Session<DB>, connection: PoolConnection<DB>, hold: Hold) -> Self {
        Self { session, connection, hold }
    }

    /// The connection itself, for code that takes no other executor. Its queries are not measured.
    pub fn connection(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }

    /// Closes the connection instead of giving it back to the pool.
    ///
    /// # Errors
    ///
    /// Errors of the connection, which is closed nevertheless.
    pub async fn close(self) -> Result<(), Error> {
        let Self { connection, hold, .. } = self;
        let result = connection.close().await;
        drop(hold);
        result
    }

    /// The connection and what its queries share.
    pub(super) fn parts(&mut self) -> (&mut DB::Connection, &Session<DB>) {
        (&mut self.connection, &self.session)
    }
}
