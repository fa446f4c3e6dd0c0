//! The pool with its observations.

use std::{
    borrow::Cow,
    sync::{Arc, Weak},
};

use sqlx::{Database, Error, Executor, Pool, SqlSafeStr};
use tokio::sync::Semaphore;

use super::{
    ConnectionState, DatabaseMetrics, ObservedConnection, ObservedTransaction, Operation,
    PoolLabels, SqlxRoles,
    acquire::acquire,
    driver::Driver,
    query::{Session, WaitingQuery},
};
use crate::roles::{Items, Level, Observations, RecordRoles};

/// A pool whose connections, queries and transactions are measured. It is cheap to clone.
///
/// A reference to it is an [`Executor`], as a reference to the pool itself is.
#[derive(Debug)]
pub struct ObservedPool<DB: Database> {
    shared: Arc<Shared<DB>>,
}

#[derive(Debug)]
struct Shared<DB: Database> {
    pool: Arc<Pool<DB>>,
    roles: Arc<SqlxRoles>,
    driver: Arc<Driver<DB>>,
    /// As many as the pool may have connections. The pool has its own semaphore, but reports no
    /// wait for it.
    permits: Arc<Semaphore>,
    _observations: Observations,
}

impl<DB: Database> ObservedPool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Records the [`DatabaseMetrics`] of a pool with this name.
    pub fn new(pool: Pool<DB>, name: impl Into<Cow<'static, str>>) -> Self {
        Self::new_in::<DatabaseMetrics>(pool, &PoolLabels { pool: name.into() })
    }

    /// Same as [`new`](Self::new), in a set of your own; see [the
    /// module](super#names-of-your-own).
    pub fn new_in<S: RecordRoles<SqlxRoles>>(pool: Pool<DB>, labels: &S::Labels) -> Self {
        let roles = Arc::new(S::global().roles(labels));
        let (pool, driver) = (Arc::new(pool), Arc::new(Driver::new()));
        let observations = observe(&roles, &pool);
        let permits = pool.options().get_max_connections() as usize;
        let permits = Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        let shared = Shared { pool, roles, driver, permits, _observations: observations };
        Self { shared: Arc::new(shared) }
    }
}

impl<DB: Database> ObservedPool<DB> {
    /// The pool itself. Connections that are taken from it are not measured.
    pub fn pool(&self) -> &Pool<DB> {
        &self.shared.pool
    }

    /// Takes a connection from the pool, as [`Pool::acquire`] does. Callers get their connections
    /// in the order in which they asked.
    ///
    /// # Errors
    ///
    /// [`Error::PoolTimedOut`] if there is no connection within the pool's `acquire_timeout`,
    /// [`Error::PoolClosed`] if the pool is closed, and errors of the dialling.
    pub async fn acquire(&self) -> Result<ObservedConnection<DB>, Error> {
        let Shared { pool, roles, driver, permits, .. } = &*self.shared;
        let (connection, hold) = acquire(pool, permits, roles).await?;
        let session = Session::new(Arc::clone(roles), Arc::clone(driver));
        Ok(ObservedConnection::new(session, connection, hold))
    }

    /// Takes a connection for a query.
    pub(super) async fn acquire_for(
        &self,
        operation: Operation,
    ) -> Result<ObservedConnection<DB>, Error> {
        let query = WaitingQuery::new(&self.shared.roles, operation);
        let connection = self.acquire().await;
        query.end(connection)
    }

    /// Takes a connection from the pool and begins a transaction, as [`Pool::begin`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`acquire`](Self::acquire) and of the statement `BEGIN`.
    pub async fn begin(&self) -> Result<ObservedTransaction<DB>, Error> {
        ObservedTransaction::begin(self.acquire().await?, None).await
    }

    /// Same as [`begin`](Self::begin), with a statement of your own, such as `BEGIN ISOLATION LEVEL
    /// SERIALIZABLE`.
    ///
    /// # Errors
    ///
    /// The errors of [`acquire`](Self::acquire) and of the statement, and
    /// [`Error::BeginFailed`] if the statement begins no transaction.
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<ObservedTransaction<DB>, Error> {
        let statement = statement.into_sql_str();
        ObservedTransaction::begin(self.acquire().await?, Some(statement)).await
    }

    /// Closes the pool and waits until all of its connections are closed, as [`Pool::close`] does.
    /// The series of its connections end.
    pub async fn close(&self) {
        self.shared.pool.close().await;
    }
}

impl<DB: Database> Clone for ObservedPool<DB> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// Observes the numbers of connections, without keeping the pool.
fn observe<DB: Database>(roles: &SqlxRoles, pool: &Arc<Pool<DB>>) -> Observations {
    let level = |level: &Level<Items>, of: fn(&Pool<DB>) -> u32| {
        let pool = Arc::downgrade(pool);
        level.observe(move |observer| {
            if let Some(pool) = open(&pool) {
                observer.observe(&(), of(&pool).into());
            }
        })
    };
    let by_state = Arc::downgrade(pool);
    let by_state = roles.connections.observe(move |observer| {
        if let Some(pool) = open(&by_state) {
            observer.observe(&ConnectionState::Used, active(&pool).into());
            observer.observe(&ConnectionState::Idle, idle(&pool).into());
        }
    });
    let observations = [
        by_state,
        level(&roles.connections_active, active),
        level(&roles.connections_idle, idle),
        level(&roles.connections_max, |pool| pool.options().get_max_connections()),
    ];
    observations.into_iter().collect()
}

/// The pool, unless it is gone or closed.
fn open<DB: Database>(pool: &Weak<Pool<DB>>) -> Option<Arc<Pool<DB>>> {
    pool.upgrade().filter(|pool| !pool.is_closed())
}

fn active<DB: Database>(pool: &Pool<DB>) -> u32 {
    pool.size().saturating_sub(idle(pool))
}

fn idle<DB: Database>(pool: &Pool<DB>) -> u32 {
    u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)
}
