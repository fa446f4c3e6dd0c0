//! The observer of a connection, before there is the connection.

use std::{borrow::Cow, fmt, sync::Arc, time::Instant};

use redis::{RedisResult, aio::AsyncPushSender};

use super::{
    AcquireFailure, LinkState, ObservedConnection, ObservedPushes, RedisRoles,
    error::{CANCELLED, error_type},
    shared::Shared,
};
use crate::roles::RecordRoles;

/// The observer of one connection that is not made yet: it measures the time to connect, and sees
/// what the server pushes.
///
/// ```no_run
/// use osapi_metrics::instrumentation::redis::ConnectionObserver;
/// use redis::{AsyncConnectionConfig, Client};
/// use tokio::sync::mpsc::unbounded_channel;
///
/// # async fn run() -> redis::RedisResult<()> {
/// let client = Client::open("redis://127.0.0.1/?protocol=resp3")?;
/// let observer = ConnectionObserver::new("cache");
/// let (sender, pushes) = unbounded_channel();
/// let config = AsyncConnectionConfig::new().set_push_sender(observer.pushes_to(sender));
/// let connecting = client.get_multiplexed_async_connection_with_config(&config);
/// let connection = observer.connect(connecting).await?;
/// # drop((connection, pushes));
/// # Ok(())
/// # }
/// ```
pub struct ConnectionObserver {
    shared: Arc<Shared>,
}

impl ConnectionObserver {
    /// Records the [`DatabaseMetrics`](super::DatabaseMetrics) and
    /// [`RedisMetrics`](super::RedisMetrics) of a connection with this name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { shared: Shared::named(name) }
    }

    /// Same as [`new`](Self::new), in a set of your own; see [the
    /// module](super#names-of-your-own).
    pub fn new_in<S: RecordRoles<RedisRoles>>(labels: &S::Labels) -> Self {
        Self { shared: Shared::recorded_in::<S>(labels) }
    }

    /// A sender for `set_push_sender` of the configuration of this connection. It counts what the
    /// server pushes, and passes it on to `receiver`: the sender of a channel, or a function.
    ///
    /// The client then reports at once that the connection is gone, where otherwise the next
    /// operation shows it. It takes RESP3, as all pushes do.
    pub fn pushes_to<P: AsyncPushSender>(&self, receiver: P) -> ObservedPushes<P> {
        ObservedPushes::new(Arc::downgrade(&self.shared), receiver)
    }

    /// Waits for a connection, and measures how long that takes.
    ///
    /// # Errors
    ///
    /// The error of `connecting`, which is counted with its [class](super::error_type()).
    pub async fn connect<C>(
        self,
        connecting: impl Future<Output = RedisResult<C>>,
    ) -> RedisResult<ObservedConnection<C>> {
        let mut attempt = Attempt { roles: &self.shared.roles, failure: Some(CANCELLED) };
        let begun = Instant::now();
        let connection = connecting.await.inspect_err(|error| {
            attempt.failure = Some(error_type(error));
        })?;
        attempt.failure = None;
        self.shared.roles.connect.record_duration(&(), begun.elapsed());
        let link = &self.shared.figures.link;
        self.shared.changed(link.shown(link.epoch(), LinkState::Connected));
        drop(attempt);
        Ok(self.observe(connection))
    }

    /// Observes a connection that is there, or that connects by itself.
    pub fn observe<C>(self, connection: C) -> ObservedConnection<C> {
        ObservedConnection::of(connection, self.shared)
    }
}

impl fmt::Debug for ConnectionObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionObserver").finish_non_exhaustive()
    }
}

/// An attempt to connect. Dropping it counts it if it has failed.
struct Attempt<'r> {
    roles: &'r RedisRoles,
    failure: Option<&'static str>,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(error_type) = self.failure {
            self.roles.connect_failures.inc(&AcquireFailure { error_type });
        }
    }
}
