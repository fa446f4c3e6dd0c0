//! The connection with its observations.

use std::{borrow::Cow, fmt, sync::Arc};

use redis::{Cmd, Pipeline, RedisFuture, Value, aio::ConnectionLike};

use super::{RedisRoles, shared::Shared};
use crate::roles::RecordRoles;

/// A connection whose operations are measured: a
/// [`MultiplexedConnection`](redis::aio::MultiplexedConnection), a `ConnectionManager`, or any
/// other connection of [`redis`]. It can be cloned if the connection can.
///
/// It is a connection itself, so [`AsyncCommands`](redis::AsyncCommands), pipelines, scripts and
/// [`transaction_async`](redis::aio::transaction_async) work on it.
pub struct ObservedConnection<C> {
    connection: C,
    shared: Arc<Shared>,
}

impl<C> ObservedConnection<C> {
    /// Records the [`DatabaseMetrics`](super::DatabaseMetrics) and
    /// [`RedisMetrics`](super::RedisMetrics) of a connection with this name.
    pub fn new(connection: C, name: impl Into<Cow<'static, str>>) -> Self {
        Self::of(connection, Shared::named(name))
    }

    /// Same as [`new`](Self::new), in a set of your own; see [the
    /// module](super#names-of-your-own).
    pub fn new_in<S: RecordRoles<RedisRoles>>(connection: C, labels: &S::Labels) -> Self {
        Self::of(connection, Shared::recorded_in::<S>(labels))
    }

    pub(super) fn of(connection: C, shared: Arc<Shared>) -> Self {
        Self { connection, shared }
    }

    /// The connection itself, for its own methods, such as
    /// [`subscribe`](redis::aio::MultiplexedConnection::subscribe). What it does is not measured.
    pub fn connection(&mut self) -> &mut C {
        &mut self.connection
    }

    /// Gives the connection back. Its series end with the last clone of this value.
    pub fn into_inner(self) -> C {
        self.connection
    }
}

impl<C: ConnectionLike + Send> ConnectionLike for ObservedConnection<C> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let running = self.shared.begin(command);
            let result = self.connection.req_packed_command(command).await;
            running.end(&result, !command.is_no_response());
            result
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let running = self.shared.begin_batch(pipeline);
            let result = self.connection.req_packed_commands(pipeline, offset, count).await;
            running.end_batch(&result);
            result
        })
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

impl<C: Clone> Clone for ObservedConnection<C> {
    fn clone(&self) -> Self {
        Self { connection: self.connection.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<C> fmt::Debug for ObservedConnection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.figures.link.state();
        f.debug_struct("ObservedConnection").field("state", &state).finish_non_exhaustive()
    }
}
