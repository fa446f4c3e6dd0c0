//! Puts jobs that the server has lost into the queue again.
//!
//! A server that is killed may forget jobs that it had confirmed, or take new jobs for jobs that it
//! has delivered before. The API that accepted a job checks it until it is over.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, warn};
use uuid::Uuid;

use super::{
    publish::publish,
    records::RecordError,
    resources::{ACK_WAIT, Resources},
    state::BrokerState,
};
use crate::{job::JobId, metrics::QueueMetrics};

/// The most lines of the log about what one pass has queued again.
const MOST_LINES: u64 = 20;

/// How often the accepted jobs are checked.
#[derive(Clone, Copy, Debug)]
pub(in crate::broker) struct RecoverySchedule {
    /// The time between two passes over the accepted jobs.
    pub(in crate::broker) interval: Duration,
    /// A job that is not known to be over is checked this long after it was accepted or checked.
    pub(in crate::broker) overdue: Duration,
}

impl Default for RecoverySchedule {
    fn default() -> Self {
        Self { interval: ACK_WAIT, overdue: ACK_WAIT }
    }
}

/// Checks the accepted jobs on `schedule`, until the broker is closed.
pub(super) async fn recover(schedule: RecoverySchedule, shared: Arc<BrokerState>) {
    let mut passes = interval(schedule.interval);
    passes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = passes.tick() => {}
            () = shared.closed.cancelled() => return,
        }
        let Ok(resources) = shared.connection.resources() else { continue };
        let mut requeued = 0;
        let checked = check_overdue(&shared, &resources, schedule.overdue, &mut requeued).await;
        if let Some(others @ 1..) = requeued.checked_sub(MOST_LINES) {
            warn!(others, "the server had lost more jobs; they are in the queue again");
        }
        if let Err(error) = checked {
            debug!(%error, "the accepted jobs were not checked; trying again later");
            shared.connection.request_check();
        }
    }
}

/// Counts the jobs that it queues again, also where it ends early.
async fn check_overdue(
    shared: &BrokerState,
    resources: &Resources,
    overdue: Duration,
    requeued: &mut u64,
) -> Result<(), async_nats::Error> {
    let acknowledged = resources.acknowledged().await?;
    for id in shared.accepted.overdue(overdue) {
        match is_over(resources, id).await {
            Ok(true) => {
                shared.accepted.remove(id);
                continue;
            }
            Ok(false) => {}
            // A process of another version has written it, and takes care of the job.
            Err(error) if error.is_foreign() => {
                warn!(job = %id, %error, "a job is not watched any more");
                shared.accepted.remove(id);
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        if resources.is_queued(id, acknowledged).await? {
            shared.accepted.add(id);
            continue;
        }
        // The job may have been acknowledged since the first read. Its end was stored before that,
        // so a second read finds the end.
        let Some(entry) = resources.records.read(id).await? else { continue };
        if entry.record.state.is_over() {
            shared.accepted.remove(id);
            continue;
        }
        // A new message id, because the server may remember the id of the message that it has lost.
        publish(&shared.connection, &entry.record.job, &Uuid::now_v7().to_string()).await?;
        shared.accepted.add(id);
        QueueMetrics::global().jobs_requeued_total.inc();
        *requeued += 1;
        if *requeued <= MOST_LINES {
            warn!(job = %id, "the server had lost a job; it is in the queue again");
        }
    }
    Ok(())
}

/// Whether a job has ended, or has no record any more.
async fn is_over(resources: &Resources, id: JobId) -> Result<bool, RecordError> {
    let entry = resources.records.read(id).await?;
    Ok(entry.is_none_or(|entry| entry.record.state.is_over()))
}
