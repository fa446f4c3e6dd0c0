//! A transaction between its beginning and its end.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use sqlx::{Database, Error, SqlStr, Transaction, pool::MaybePoolConnection};

use super::{ObservedConnection, SqlxRoles, TransactionEnd, acquire::Hold, query::Session};

/// A transaction on a connection of an [`ObservedPool`](super::ObservedPool). It is rolled back
/// when it is dropped without a [`commit`](Self::commit).
///
/// A mutable reference to it is an [`Executor`](sqlx::Executor).
#[derive(Debug)]
pub struct ObservedTransaction<DB: Database> {
    session: Session<DB>,
    /// Dropped before the permit of the next caller.
    transaction: Transaction<'static, DB>,
    record: TransactionRecord,
    _hold: Hold,
}

/// What is recorded of a transaction. Dropping it records the end.
#[derive(Debug)]
struct TransactionRecord {
    roles: Arc<SqlxRoles>,
    begun: Instant,
    end: TransactionEnd,
}

impl<DB: Database> ObservedTransaction<DB> {
    pub(super) async fn begin(
        connection: ObservedConnection<DB>,
        statement: Option<SqlStr>,
    ) -> Result<Self, Error> {
        let ObservedConnection { session, connection, hold } = connection;
        let roles = Arc::clone(&session.roles);
        let mut record =
            TransactionRecord { roles, begun: Instant::now(), end: TransactionEnd::Dropped };
        let connection = MaybePoolConnection::PoolConnection(connection);
        match Transaction::begin(connection, statement).await {
            Ok(transaction) => Ok(Self { session, transaction, record, _hold: hold }),
            Err(error) => {
                record.end = TransactionEnd::Failed;
                Err(error)
            }
        }
    }

    /// Commits the transaction.
    ///
    /// PostgreSQL rolls a transaction back in which a query has failed, and reports no error. Such
    /// a transaction counts as [rolled back](TransactionEnd::RolledBack).
    ///
    /// # Errors
    ///
    /// Errors of the statement `COMMIT`. It is unknown then whether the database has committed.
    pub async fn commit(self) -> Result<(), Error> {
        let Self { session, transaction, mut record, _hold } = self;
        let refused = DB::NAME == "PostgreSQL" && session.refused.load(Ordering::Relaxed);
        let committed = transaction.commit().await;
        record.end = match &committed {
            Ok(()) if refused => TransactionEnd::RolledBack,
            Ok(()) => TransactionEnd::Committed,
            Err(_) => TransactionEnd::Failed,
        };
        committed
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Errors of the statement `ROLLBACK`.
    pub async fn rollback(self) -> Result<(), Error> {
        let Self { transaction, mut record, _hold, .. } = self;
        let rolled_back = transaction.rollback().await;
        record.end = match &rolled_back {
            Ok(()) => TransactionEnd::RolledBack,
            Err(_) => TransactionEnd::Failed,
        };
        rolled_back
    }

    /// The connection of the transaction, for code that takes no other executor. Its queries are
    /// not measured, but they are part of the transaction.
    pub fn connection(&mut self) -> &mut DB::Connection {
        &mut self.transaction
    }

    /// The connection and what its queries share.
    pub(super) fn parts(&mut self) -> (&mut DB::Connection, &Session<DB>) {
        (&mut self.transaction, &self.session)
    }
}

impl Drop for TransactionRecord {
    fn drop(&mut self) {
        self.roles.transactions.inc(&self.end);
        self.roles.transaction_duration.record_duration(&self.end, self.begun.elapsed());
    }
}
