//! Whether the server takes jobs, asked about once a second, so that an answer is known at once.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use super::{
    connection::{Connection, Repeat},
    scripts,
    subscriber::Subscription,
};
use crate::queue::QueueError;

/// The time between two checks.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time between two checks of a server that is away.
const AWAY_INTERVAL: Duration = Duration::from_millis(200);

/// The longest time that a check may take.
pub(super) const LIMIT: Duration = Duration::from_secs(4);

/// What is said when the queue on the server is another one than before.
const LOST: &str = "the queue is not the one that was there: something has removed its keys, or the \
                    server has lost its data; jobs may be lost";

/// What the last check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// The first check is not over.
    Unknown,
    /// The server takes writes.
    Here {
        /// The number of jobs that wait.
        queued: u64,
    },
    /// The server cannot be used.
    Away(QueueError),
}

impl Health {
    pub(super) fn is_here(&self) -> bool {
        matches!(self, Self::Here { .. })
    }

    /// The kind of the problem; `None` without one.
    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Away(error) => Some(error.code()),
            Self::Unknown | Self::Here { .. } => None,
        }
    }
}

/// Checks the server for ever.
pub(super) async fn watch_health(
    connection: Arc<Connection>,
    subscription: watch::Receiver<Subscription>,
    health: watch::Sender<Health>,
) {
    // What a user may not do is found at first, when a call has failed, and until it is mended.
    let mut is_thorough = true;
    // When the queue that is on the server was made.
    let mut since = None;
    let mut messages = Messages::default();
    loop {
        let mut checked = check(&connection, is_thorough, &mut since).await;
        if let (Health::Here { .. }, Subscription::Refused(error)) =
            (&checked, &*subscription.borrow())
        {
            checked = Health::Away(error.clone());
        }
        messages.watch(checked.is_here(), &subscription.borrow(), &connection);
        let interval = if checked.is_here() { INTERVAL } else { AWAY_INTERVAL };
        if let Health::Away(error) = &checked {
            connection.renew();
            connection.set_problem(Some(error.clone()));
            if checked.problem() != health.borrow().problem() {
                warn!("{error}");
            }
        } else {
            connection.set_problem(None);
            if health.borrow().problem().is_some() {
                info!("the queue is back");
            }
        }
        is_thorough = !checked.is_here();
        health.send_replace(checked);
        tokio::select! {
            () = sleep(interval) => {}
            () = connection.failed.notified(), if interval == INTERVAL => is_thorough = true,
        }
    }
}

/// What the log says of the messages. Without them the queue works, but workers learn of jobs late.
#[derive(Default)]
struct Messages {
    /// The checks in a row that have found the server, but not its messages.
    missed: u32,
}

impl Messages {
    /// The check from which on they count as missing: after an outage they may come a little later.
    const CHECKS: u32 = 3;

    fn watch(&mut self, is_here: bool, subscription: &Subscription, connection: &Connection) {
        match subscription {
            // What is wrong is said of the server.
            _ if !is_here => {}
            Subscription::Away(reason) => {
                self.missed = self.missed.saturating_add(1);
                if self.missed == Self::CHECKS {
                    let reason = connection.reason(reason);
                    warn!(
                        "no messages come in, so that workers find jobs at intervals, and events \
                         are missed: {reason}"
                    );
                }
            }
            Subscription::Here | Subscription::Refused(_) => {
                if self.missed >= Self::CHECKS {
                    info!("messages come in again");
                }
                self.missed = 0;
            }
        }
    }
}

async fn check(
    connection: &Connection,
    is_thorough: bool,
    known_since: &mut Option<String>,
) -> Health {
    let mut script = scripts::check();
    script.arg(u8::from(is_thorough));
    match timeout(LIMIT, connection.call(&script, Repeat::No)).await {
        Ok(Ok((queued, since))) => {
            if known_since.replace(since).is_some_and(|known| Some(known) != *known_since) {
                warn!("{}", connection.reason(LOST));
            }
            Health::Here { queued }
        }
        Ok(Err(error)) => Health::Away(error),
        Err(_) => {
            let reason = connection.reason("it does not answer in time");
            Health::Away(QueueError::Away { reason })
        }
    }
}
