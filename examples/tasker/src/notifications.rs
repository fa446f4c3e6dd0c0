//! The notifications that PostgreSQL sends when a message comes into a queue.

use std::time::Duration;

use osapi_metrics::instrumentation::channel::Sender;
use sqlx::{PgPool, postgres::PgListener};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::resilience::{DatabaseHealth, Use, without_panic};

/// The wait before the next try to listen.
const RETRY: Duration = Duration::from_millis(500);

/// The tries in a row after which notifications count as missing.
const TRIES: u32 = 2;

/// Which queues to listen to.
#[derive(Debug)]
pub struct Notifications {
    /// The pool that gives the connection. It is held for as long as notifications are forwarded.
    pub pool: PgPool,
    /// The names of the queues.
    pub queues: Vec<String>,
    /// Has a failure, which keeps nobody from work: queues are read at intervals too.
    pub health: DatabaseHealth,
}

/// Sends the name of a queue into the channel whenever a message has come into it, and the names of
/// all queues when it has begun to listen, for what has come before.
///
/// A full channel makes this wait: the server keeps further notifications.
pub async fn forward(of: Notifications, channel: Sender<String>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let listener = tokio::select! {
            () = stop.cancelled() => return,
            listener = without_panic(listen(&of)) => listener,
        };
        match listener {
            Ok(listener) => {
                of.health.succeeded(Use::HearOfMessages);
                tokio::select! {
                    () = stop.cancelled() => return,
                    is_read = pass_on(&of, listener, &channel) => if !is_read { return },
                }
            }
            Err(error) => of.health.failed(Use::HearOfMessages, &error, TRIES),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(RETRY) => {}
        }
    }
}

/// Begins to listen.
async fn listen(of: &Notifications) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(&of.pool).await?;
    // A lost connection is an error then, after which everything is read once.
    listener.eager_reconnect(false);
    let channels: Vec<_> = of.queues.iter().map(|queue| notified_as(queue)).collect();
    listener.listen_all(channels.iter().map(String::as_str)).await?;
    Ok(listener)
}

/// Passes notifications on until the connection is lost, which may happen at any time. Returns
/// whether somebody reads the channel still.
async fn pass_on(of: &Notifications, mut listener: PgListener, channel: &Sender<String>) -> bool {
    for queue in &of.queues {
        if channel.send(queue.clone()).await.is_err() {
            return false;
        }
    }
    while let Ok(Some(notification)) = without_panic(listener.try_recv()).await {
        let queue = of.queues.iter().find(|queue| notified_as(queue) == notification.channel());
        let Some(queue) = queue else { continue };
        if channel.send(queue.clone()).await.is_err() {
            return false;
        }
    }
    true
}

/// The channel on which PGMQ notifies of a queue.
fn notified_as(queue: &str) -> String {
    format!("pgmq.q_{queue}.INSERT")
}
