//! Whether the server takes jobs, asked about once a second, so that an answer is known at once.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use super::{
    FORMAT,
    connection::{Connection, Repeat},
    scripts,
};
use crate::queue::QueueError;

/// The time between two checks.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time between two checks of a server that is away.
const AWAY_INTERVAL: Duration = Duration::from_millis(200);

/// The longest time that a check may take.
pub(super) const LIMIT: Duration = Duration::from_secs(4);

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
}

/// Checks the server for ever.
pub(super) async fn watch_health(connection: Arc<Connection>, health: watch::Sender<Health>) {
    loop {
        let checked = check(&connection).await;
        let interval = if checked.is_here() { INTERVAL } else { AWAY_INTERVAL };
        if let Health::Away(error) = &checked {
            connection.renew();
            connection.set_problem(Some(error.clone()));
            if health.borrow().is_here() || *health.borrow() == Health::Unknown {
                warn!("{error}");
            }
        } else {
            connection.set_problem(None);
            if matches!(*health.borrow(), Health::Away(_)) {
                info!("the queue is back");
            }
        }
        health.send_replace(checked);
        tokio::select! {
            () = sleep(interval) => {}
            () = connection.failed.notified(), if interval == INTERVAL => {}
        }
    }
}

async fn check(connection: &Connection) -> Health {
    let mut script = scripts::check();
    script.arg(FORMAT);
    let away =
        |problem: String| Health::Away(QueueError::Away { reason: connection.reason(&problem) });
    match timeout(LIMIT, connection.call::<(String, u64)>(&script, Repeat::No)).await {
        Err(_) => away("it does not answer in time".to_owned()),
        Ok(Err(error)) => Health::Away(error),
        Ok(Ok((format, queued))) if format == FORMAT.to_string() => Health::Here { queued },
        Ok(Ok((format, _))) => away(format!(
            "its jobs have the format {format}, and this program knows the format {FORMAT}"
        )),
    }
}
