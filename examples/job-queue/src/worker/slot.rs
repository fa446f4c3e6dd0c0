//! A slot of a worker: runs one job after the other.

use std::{future::pending, sync::Arc, time::Duration};

use tokio::{sync::watch, time::sleep};
use tracing::{debug, info, warn};

use super::{Context, attempt::Attempt, change_log::ChangeLog, leases::LeaseEntry};
use crate::{
    connectors::Progress,
    job::{JobEnd, JobOutput, JobState, Service},
    metrics::{BusinessMetrics, ServiceLabels},
    queue::{Claim, Lease, Queue, QueueError, Settled},
};

/// How long one claim waits for a job.
const CLAIM_WAIT: Duration = Duration::from_secs(5);

/// The pause after a call of the queue that failed.
const RETRY: Duration = Duration::from_millis(500);

/// Runs jobs until the worker stops or the queue closes.
pub(super) async fn take_jobs(context: Arc<Context>) {
    let worker = context.id.as_str();
    if context.stop.run_until_cancelled(context.known.cancelled()).await.is_none() {
        return;
    }
    loop {
        let claim = context.queue.claim(&context.options.info, CLAIM_WAIT);
        match context.stop.run_until_cancelled(claim).await {
            Some(Ok(claimed)) => {
                context.claims.recovered(worker);
                if let Some(claim) = claimed {
                    process(&context, claim).await;
                }
            }
            Some(Err(QueueError::Closed)) => {
                debug!(worker, "the queue is closed");
                return;
            }
            Some(Err(error)) => {
                context.claims.failed(worker, &error);
                context.stop.run_until_cancelled(sleep(RETRY)).await;
            }
            None => return,
        }
    }
}

/// Runs a job, and stores how the attempt ended. If this future is dropped, the job goes back.
async fn process(context: &Context, claim: Claim) {
    let Claim { lease, record } = claim;
    let (job, service) = (record.id, record.request.service());
    let entry = context.leases.enter(lease);
    match context.queue.begin(&entry.lease).await {
        Ok(true) => {}
        Ok(false) => return debug!(%job, "the job was lost before it began"),
        // The next heartbeat does not name the lease.
        Err(error) => return warn!(%job, %error, "the job cannot begin; it goes back"),
    }
    debug!(%job, attempt = record.attempts, "started");
    let (progress, percent) = Progress::new();
    let attempt = Attempt { context, record: &record, progress };
    let ended = tokio::select! {
        ended = attempt.run() => ended,
        () = report(&*context.queue, &entry.lease, percent) => return,
        () = entry.lost.cancelled() => {
            return info!(%job, "the job is not the worker's any more; its work was dropped");
        }
        () = context.abort.cancelled() => return release(context, &entry.lease).await,
    };
    let end = match ended {
        Ok(output) => JobEnd::Completed(output),
        Err(error) => {
            info!(%job, %error, reason = error.reason().name(), "the attempt has failed");
            JobEnd::Failed(error.failure())
        }
    };
    let settled = finish(context, &entry, &end).await;
    debug!(%job, ?settled, "ended");
    if context.options.job_metrics {
        match (settled, &end) {
            (Some(Settled::Over(JobState::Completed)), JobEnd::Completed(output)) => {
                bill(context, service, output);
            }
            (Some(Settled::Retried), _) => {
                let labels = ServiceLabels { service };
                BusinessMetrics::global().job_retries_total.with(labels).inc();
            }
            _ => {}
        }
    }
}

/// Reports the progress of a job, as fast as the queue takes it. Never ends.
async fn report(queue: &dyn Queue, lease: &Lease, mut percent: watch::Receiver<u8>) {
    while percent.changed().await.is_ok() {
        let percent = *percent.borrow_and_update();
        if let Err(error) = queue.progress(lease, percent).await {
            debug!(job = %lease.job, %error, "the progress was not stored");
        }
    }
    pending::<()>().await;
}

/// Stores the end of an attempt, however long the queue is away. `None` if it was not stored: then
/// the job runs again.
async fn finish(context: &Context, entry: &LeaseEntry, end: &JobEnd) -> Option<Settled> {
    let job = entry.lease.job;
    let log = ChangeLog::new("the end of a job cannot be stored");
    loop {
        match context.queue.finish(&entry.lease, end.clone()).await {
            Ok(settled) => {
                log.recovered(context.id.as_str());
                return Some(settled);
            }
            Err(error @ QueueError::Foreign { .. }) => {
                warn!(%job, %error, "the end of the job was not stored");
                return None;
            }
            Err(error) => log.failed(context.id.as_str(), &error),
        }
        tokio::select! {
            () = sleep(RETRY) => {}
            () = context.abort.cancelled() => {
                warn!(%job, "the end of the job was not stored; it runs again");
                return None;
            }
        }
    }
}

/// Gives a job back that was not finished in time.
async fn release(context: &Context, lease: &Lease) {
    match context.queue.release(lease).await {
        Ok(()) => info!(job = %lease.job, "gave the job back"),
        Err(error) => warn!(job = %lease.job, %error, "the job was not given back"),
    }
}

/// Counts what a client pays for a job.
fn bill(context: &Context, service: Service, output: &JobOutput) {
    let (metrics, labels) = (BusinessMetrics::global(), ServiceLabels { service });
    let operations = output.billable_operations;
    metrics.job_billable_operations_total.with(labels).add(operations);
    let price = context.options.prices.of(service);
    metrics.job_cost_usd_total.with(labels).add(price * operations as f64);
}
