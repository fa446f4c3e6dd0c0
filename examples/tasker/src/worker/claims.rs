//! Finds steps in the queue of the namespace.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::queue::Message;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc::Receiver},
    time::{MissedTickBehavior, interval},
};
use tracing::warn;

use super::{Context, execution};
use crate::{
    metrics::{ClaimLabels, ClaimMethod, StepErrorType, WorkerMetrics},
    queues::{READ_AT_ONCE, archive_foreign},
    resilience::Use,
    store::{self, Claim, StepMessage},
};

/// A step whose message was read more often is given up: each time, its worker ended before the
/// step did.
const MOST_READS: u32 = 20;

#[derive(Clone)]
pub(super) struct Claims {
    pub(super) context: Context,
    pub(super) concurrency: usize,
}

impl Claims {
    /// Looks into the queue when a notification has come.
    pub(super) async fn by_event(self, mut notified: Receiver<String>) {
        loop {
            let notification = tokio::select! {
                () = self.context.stop.cancelled() => return,
                notification = notified.recv() => notification,
            };
            if notification.is_none() {
                return;
            }
            // One look serves all notifications that have come so far.
            while notified.try_recv().is_ok() {}
            self.drain(ClaimMethod::Event).await;
        }
    }

    /// Looks into the queue at an interval.
    pub(super) async fn by_poll(self, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.context.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            self.drain(ClaimMethod::Poll).await;
        }
    }

    /// Reads messages for as many steps as can run now, until the queue is empty.
    async fn drain(&self, method: ClaimMethod) {
        let context = &self.context;
        loop {
            let slot = tokio::select! {
                () = context.stop.cancelled() => return,
                slot = Arc::clone(&context.slots).acquire_owned() => slot,
            };
            let Ok(slot) = slot else { return };
            let mut slots = vec![slot];
            slots.extend(free_slots(&context.slots, self.concurrency));
            let most = u32::try_from(slots.len()).unwrap_or(READ_AT_ONCE);
            let begun = Instant::now();
            let read = context.queue.read::<StepMessage>(context.visibility, most);
            let read = context.parts.breakers.call(Use::ReadSteps, read).await;
            let Ok(messages) = read else { return };
            let is_last = messages.len() < slots.len();
            for (message, slot) in messages.into_iter().zip(slots) {
                let context = context.clone();
                tokio::spawn(async move {
                    take(&context, message, method, begun).await;
                    drop(slot);
                });
            }
            if is_last {
                return;
            }
        }
    }
}

/// The slots that are free at this moment, at most one less than are read at once.
fn free_slots(slots: &Arc<Semaphore>, concurrency: usize) -> Vec<OwnedSemaphorePermit> {
    let most = concurrency.min(READ_AT_ONCE as usize).saturating_sub(1);
    let free = std::iter::repeat_with(|| Arc::clone(slots).try_acquire_owned().ok());
    free.take(most).map_while(std::convert::identity).collect()
}

/// Claims the step of a message, runs it, and submits its result.
async fn take(
    context: &Context,
    message: Message<StepMessage>,
    method: ClaimMethod,
    begun: Instant,
) {
    let id = message.id;
    let step = match message.body {
        Ok(step) => step,
        Err(error) => return archive_foreign(&context.queue, id, &error).await,
    };
    let correlation_id = step.correlation_id.clone();
    let claiming =
        store::claim(&context.parts.database, step.clone(), &context.name, context.visibility);
    let claimed = match context.parts.breakers.call(Use::ClaimSteps, claiming).await {
        Ok(Claim::Claimed(claimed)) => claimed,
        // Its message comes again when the other worker's time is up, unless that one deletes it.
        Ok(Claim::Held) => {
            return execution::failed(context, &correlation_id, Some(StepErrorType::ClaimFailed));
        }
        Ok(Claim::Over) => return delete(context, id, &correlation_id).await,
        Ok(Claim::NotFound) => {
            execution::failed(context, &correlation_id, Some(StepErrorType::StepNotFound));
            return archive_foreign(&context.queue, id, &"it names no step that there is").await;
        }
        Err(error) => {
            warn!(%error, step = step.step, "the step cannot be claimed; its message comes again");
            let failure = Some(StepErrorType::DatabaseError);
            return execution::failed(context, &correlation_id, failure);
        }
    };
    let labels = ClaimLabels {
        namespace: context.namespace.clone(),
        claim_method: method,
        correlation_id: correlation_id.as_str().into(),
    };
    WorkerMetrics::global().claimed.with(labels.clone()).inc();
    WorkerMetrics::global().claim.with(labels).record_duration(begun.elapsed());
    let ended = if message.read_count > MOST_READS {
        execution::give_up(context, id, &claimed, message.read_count).await
    } else {
        execution::run(context, id, claimed).await
    };
    if ended {
        delete(context, id, &correlation_id).await;
    }
}

/// Deletes the message of a step that has ended. If that fails, the message comes again, and is
/// deleted then.
async fn delete(context: &Context, message: i64, correlation_id: &str) {
    let deleting = context.queue.delete(message);
    let problem = match context.parts.breakers.call(Use::DeleteSteps, deleting).await {
        Ok(true) => return,
        Ok(false) => "it is not there any more".to_owned(),
        Err(error) => error.to_string(),
    };
    warn!(problem, id = message, "the message of a step that has ended cannot be deleted");
    execution::failed(context, correlation_id, Some(StepErrorType::MessageDeletionFailed));
}
