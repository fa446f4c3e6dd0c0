//! A caller between its request for a connection and its connection.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{Database, Error, Pool, pool::PoolConnection};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{AcquireFailure, SqlxRoles, error::CANCELLED, error_type};
use crate::roles::ActiveGuard;

/// A request for a connection. Dropping it records it.
struct Request<'r> {
    roles: &'r SqlxRoles,
    begun: Instant,
    /// The class of the failure; absent for a success.
    failure: Option<&'static str>,
    _pending: ActiveGuard,
}

/// The time that a caller holds a connection, and its place among the callers that may have one.
/// Dropping it records the time and lets the next caller in.
#[derive(Debug)]
pub(super) struct Hold {
    roles: Arc<SqlxRoles>,
    begun: Instant,
    _permit: OwnedSemaphorePermit,
}

/// Takes a connection from the pool. There are as many permits as the pool has connections, so a
/// caller with a permit does not wait for other callers.
pub(super) async fn acquire<DB: Database>(
    pool: &Pool<DB>,
    permits: &Arc<Semaphore>,
    roles: &Arc<SqlxRoles>,
) -> Result<(PoolConnection<DB>, Hold), Error> {
    let request = Request::begin(roles);
    let limit = pool.options().get_acquire_timeout();
    let acquired = timeout(limit, async {
        let mut closed = pool.close_event();
        let permit = closed.do_until(Arc::clone(permits).acquire_owned()).await?;
        // The semaphore is never closed.
        let permit = permit.map_err(|_| Error::PoolClosed)?;
        let (connection, dialling) = acquire_or_dial(pool).await?;
        Ok((connection, permit, dialling))
    });
    let acquired = acquired.await.unwrap_or(Err(Error::PoolTimedOut));
    match acquired {
        Ok((connection, permit, dialling)) => {
            request.succeed(dialling);
            let hold = Hold { roles: Arc::clone(roles), begun: Instant::now(), _permit: permit };
            Ok((connection, hold))
        }
        Err(error) => {
            request.fail(&error);
            Err(error)
        }
    }
}

/// Takes a connection from the pool, and returns how long it was dialled. `sqlx` does not report
/// that it dials. It adds the new connection to the size of the pool just before.
async fn acquire_or_dial<DB: Database>(
    pool: &Pool<DB>,
) -> Result<(PoolConnection<DB>, Option<Duration>), Error> {
    let mut acquire = pin!(pool.acquire());
    let mut dialled: Option<Instant> = None;
    let connection = poll_fn(|cx| {
        let (now, idle, size) = (Instant::now(), pool.num_idle(), pool.size());
        let polled = acquire.as_mut().poll(cx);
        if dialled.is_none() && idle == 0 && pool.size() > size {
            dialled = Some(now);
        }
        polled
    });
    let connection = connection.await?;
    Ok((connection, dialled.map(|dialled| dialled.elapsed())))
}

impl<'r> Request<'r> {
    fn begin(roles: &'r SqlxRoles) -> Self {
        Self {
            roles,
            begun: Instant::now(),
            failure: Some(CANCELLED),
            _pending: roles.pending.guard(&()),
        }
    }

    fn succeed(mut self, dialling: Option<Duration>) {
        self.failure = None;
        let wait = self.begun.elapsed().saturating_sub(dialling.unwrap_or_default());
        self.roles.wait.record_duration(&(), wait);
        if let Some(dialling) = dialling {
            self.roles.connect.record_duration(&(), dialling);
        }
    }

    fn fail(mut self, error: &Error) {
        self.failure = Some(error_type(error));
        if matches!(error, Error::PoolTimedOut) {
            self.roles.timeouts.inc(&());
        }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if let Some(error_type) = self.failure {
            self.roles.acquire_failures.inc(&AcquireFailure { error_type });
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.roles.used.record_duration(&(), self.begun.elapsed());
    }
}
