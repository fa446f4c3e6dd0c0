//! The number of jobs that are not over. A task asks the server for it at intervals, because a
//! scrape does not wait for the server.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

use super::state::BrokerState;

/// The time between two requests to the server.
const INTERVAL: Duration = Duration::from_secs(2);

/// The latest number of unfinished jobs. Dropping it ends the requests.
#[derive(Debug)]
pub(super) struct UnfinishedCount {
    latest: watch::Receiver<Option<u64>>,
    _polling: AbortOnDropHandle<()>,
}

impl UnfinishedCount {
    pub(super) fn watch(shared: Arc<BrokerState>) -> Self {
        let (sender, latest) = watch::channel(None);
        let polling = AbortOnDropHandle::new(tokio::spawn(poll(shared, sender)));
        Self { latest, _polling: polling }
    }

    /// The number in the server's latest answer; `None` if the latest request had no answer.
    pub(super) fn latest(&self) -> Option<u64> {
        *self.latest.borrow()
    }
}

async fn poll(shared: Arc<BrokerState>, latest: watch::Sender<Option<u64>>) {
    let mut requests = interval(INTERVAL);
    requests.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connected = shared.connection.connected();
    loop {
        tokio::select! {
            _ = requests.tick() => {}
            Ok(()) = connected.changed() => {}
        }
        let info = match shared.connection.resources() {
            Ok(resources) => resources.consumer.get_info().await.map_err(|error| {
                debug!(%error, "the server does not report how many jobs it has");
            }),
            Err(_) => Err(()),
        };
        let count = info.ok().map(|info| info.num_pending + info.num_ack_pending as u64);
        latest.send_replace(count);
    }
}
