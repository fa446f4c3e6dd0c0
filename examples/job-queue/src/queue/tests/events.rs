//! What a queue reports.

use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::timeout,
};

use super::support::*;
use crate::{
    job::{FailureReason, JobId, JobRequest, JobState, Priority, Service},
    queue::{EVENT_CAPACITY, JobEvent, QueueOptions},
};

with_each_queue! {
    the_events_of_a_job_are_its_changes_in_order
    a_receiver_that_is_too_slow_learns_of_it
}

/// Every event of a job until its end.
async fn events_of(id: JobId, events: &mut Receiver<JobEvent>) -> Vec<JobEvent> {
    let all = async {
        let mut all = Vec::new();
        loop {
            let event = events.recv().await.expect("no event is missed");
            if event.id == id {
                let is_over = event.state.is_over();
                all.push(event);
                if is_over {
                    return all;
                }
            }
        }
    };
    timeout(PATIENCE, all).await.expect("all events within the time")
}

async fn the_events_of_a_job_are_its_changes_in_order(backend: &Backend) {
    let options = QueueOptions { retry_delay: SOON, ..patient() };
    let queue = backend.open(options).await;
    let mut events = queue.api.events();
    let priority = Priority::High;
    let id = queue.submit(JobRequest { retries: 1, priority, ..request() }).await;
    let noise = queue.submit(request()).await;
    let claim = queue.claim(&worker("w1")).await;
    queue.workers.begin(&claim.lease).await.expect("the queue is there");
    // Progress that is not new is not reported.
    for percent in [10, 10, 60] {
        queue.workers.progress(&claim.lease, percent).await.expect("the queue is there");
    }
    queue.api.cancel(noise).await.expect("the queue is there");
    queue.finish(&claim, failure(FailureReason::Other)).await;
    let claim = queue.claim_swept(&worker("w2")).await;
    queue.workers.begin(&claim.lease).await.expect("the queue is there");
    queue.finish(&claim, success()).await;

    let events = events_of(id, &mut events).await;
    let first = &events[0];
    assert_eq!((first.service, first.priority), (Service::Simulation, Priority::High));
    let shown: Vec<_> = events
        .iter()
        .map(|event| (event.state, event.attempts, event.worker.as_deref(), event.progress))
        .collect();
    assert_eq!(
        shown,
        [
            (JobState::Queued, 0, None, 0),
            (JobState::Assigned, 1, Some("w1"), 0),
            (JobState::Running, 1, Some("w1"), 0),
            (JobState::Running, 1, Some("w1"), 10),
            (JobState::Running, 1, Some("w1"), 60),
            (JobState::Queued, 1, Some("w1"), 0),
            (JobState::Assigned, 2, Some("w2"), 0),
            (JobState::Running, 2, Some("w2"), 0),
            (JobState::Completed, 2, Some("w2"), 100),
        ]
    );
}

async fn a_receiver_that_is_too_slow_learns_of_it(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let (mut slow, mut quick) = (queue.api.events(), queue.api.events());
    let id = queue.submit(request()).await;
    let claim = queue.claim(&worker("w1")).await;
    for number in 0..=EVENT_CAPACITY {
        let percent = u8::try_from(1 + number % 2).expect("small");
        queue.workers.progress(&claim.lease, percent).await.expect("the queue is there");
        timeout(PATIENCE, quick.recv()).await.expect("within the time").expect("in time");
    }
    queue.finish(&claim, success()).await;
    let missed = match slow.recv().await {
        Err(RecvError::Lagged(missed)) => missed,
        other => panic!("not reported: {other:?}"),
    };
    assert!(missed > 0);
    // The newest events are there.
    let last = events_of(id, &mut slow).await.pop().expect("an event");
    assert_eq!(last.state, JobState::Completed);
}
