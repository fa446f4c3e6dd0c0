//! Jobs that the server has lost. One that is killed may forget what it had confirmed, or take new jobs
//! for such as it has delivered; the API that accepted a job looks after it until it is over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{debug, warn};
use uuid::Uuid;

use super::{
    Shared,
    publish::publish,
    resources::{ACK_WAIT, Resources},
};
use crate::{job::JobId, metrics::QueueMetrics};

/// How often the accepted jobs are looked after.
#[derive(Clone, Copy, Debug)]
pub(in crate::broker) struct Rounds {
    /// The time between two rounds.
    pub(in crate::broker) interval: Duration,
    /// A job of which no end was seen for this long is looked after.
    pub(in crate::broker) overdue: Duration,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { interval: ACK_WAIT, overdue: ACK_WAIT }
    }
}

/// The most jobs that are looked after in one round.
const MOST: usize = 2_000;

/// The jobs that this process has accepted, as far as it does not know that they are over.
#[derive(Debug, Default)]
pub(super) struct Accepted {
    jobs: Mutex<HashMap<JobId, Instant>>,
}

impl Accepted {
    /// A job was put into the queue.
    pub(super) fn add(&self, id: JobId) {
        self.jobs().insert(id, Instant::now());
    }

    /// A job is over.
    pub(super) fn over(&self, id: JobId) {
        self.jobs().remove(&id);
    }

    fn overdue(&self, after: Duration) -> Vec<JobId> {
        let jobs = self.jobs();
        let overdue = jobs.iter().filter(|(_, since)| since.elapsed() >= after);
        overdue.map(|(id, _)| *id).take(MOST).collect()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Instant>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rounds {
    /// Looks after the accepted jobs again and again.
    pub(super) async fn make(self, shared: Arc<Shared>) {
        let mut rounds = interval(self.interval);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            let Ok(resources) = shared.connection.resources() else { continue };
            if let Err(error) = round(&shared, &resources, self.overdue).await {
                debug!(%error, "the queue was not looked after; again later");
                shared.connection.suspect();
            }
        }
    }
}

async fn round(
    shared: &Shared,
    resources: &Resources,
    overdue: Duration,
) -> Result<(), async_nats::Error> {
    let acknowledged = resources.acknowledged().await?;
    for id in shared.accepted.overdue(overdue) {
        if is_over(resources, id).await? {
            shared.accepted.over(id);
            continue;
        }
        if resources.is_queued(id, acknowledged).await? {
            shared.accepted.add(id);
            continue;
        }
        // It may have been acknowledged in the meantime: then its end was stored before.
        let Some(entry) = resources.records.read(id).await? else { continue };
        if entry.record.state.is_over() {
            shared.accepted.over(id);
            continue;
        }
        // Another message id, because the server may remember the one that it has lost.
        publish(&shared.connection, &entry.record.job, &Uuid::now_v7().to_string()).await?;
        shared.accepted.add(id);
        QueueMetrics::global().jobs_requeued_total.inc();
        warn!(job = %id, "the server had lost a job; it is in the queue again");
    }
    Ok(())
}

/// Whether a job has its end, or is not known any more.
async fn is_over(resources: &Resources, id: JobId) -> Result<bool, async_nats::Error> {
    let entry = resources.records.read(id).await?;
    Ok(entry.is_none_or(|entry| entry.record.state.is_over()))
}
