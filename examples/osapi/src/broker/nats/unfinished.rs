//! How many jobs are not over: asked for at intervals, because a scrape does not wait for it.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

use super::Shared;

/// The time between two questions.
const INTERVAL: Duration = Duration::from_secs(2);

/// The number of jobs, while somebody holds this.
#[derive(Debug)]
pub(super) struct Unfinished {
    latest: watch::Receiver<Option<u64>>,
    _asking: AbortOnDropHandle<()>,
}

impl Unfinished {
    pub(super) fn watch(shared: Arc<Shared>) -> Self {
        let (latest, known) = watch::channel(None);
        let asking = AbortOnDropHandle::new(tokio::spawn(ask(shared, latest)));
        Self { latest: known, _asking: asking }
    }

    /// What the server said last, unless it is away.
    pub(super) fn known(&self) -> Option<u64> {
        *self.latest.borrow()
    }
}

async fn ask(shared: Arc<Shared>, latest: watch::Sender<Option<u64>>) {
    let mut questions = interval(INTERVAL);
    questions.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connected = shared.connection.connected();
    loop {
        tokio::select! {
            _ = questions.tick() => {}
            Ok(()) = connected.changed() => {}
        }
        let info = match shared.connection.resources() {
            Ok(resources) => resources.consumer.get_info().await.map_err(|error| {
                debug!(%error, "the server does not say how many jobs it has");
            }),
            Err(_) => Err(()),
        };
        let count = info.ok().map(|info| info.num_pending + info.num_ack_pending as u64);
        latest.send_replace(count);
    }
}
