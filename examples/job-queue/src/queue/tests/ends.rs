//! How jobs end, and are tried again.

use super::support::*;
use crate::{
    job::{
        CompressPayload, FailureReason, HashPayload, JobId, JobRequest, JobState, Payload, Service,
    },
    queue::{Cancelled, QueueError, QueueOptions, QueueStats, Settled, WorkerInfo},
};

with_each_queue! {
    a_failure_is_tried_again_after_a_delay_while_there_are_retries
    a_failure_that_stays_a_failure_is_not_tried_again
    an_end_that_is_sent_again_has_the_same_answer
    a_job_whose_last_attempt_took_too_long_is_timed_out
    a_job_that_waits_is_cancelled_at_once
    a_job_that_waits_for_its_next_attempt_is_cancelled_at_once
    the_worker_of_a_cancelled_job_learns_of_it_and_cannot_finish
    a_job_that_is_over_stays_as_it_is
    records_of_old_ends_are_dropped
    a_released_job_uses_up_no_retry
    texts_of_jobs_that_are_over_are_dropped
}

async fn a_failure_is_tried_again_after_a_delay_while_there_are_retries(backend: &Backend) {
    let queue = backend.open(QueueOptions { retry_delay: SOON, ..patient() }).await;
    let id = queue.submit(JobRequest { retries: 2, ..request() }).await;
    let mut claim = queue.claim(&worker("w1")).await;
    for attempt in 1..=2 {
        assert_eq!((claim.record.id, claim.record.attempts), (id, attempt));
        queue.workers.progress(&claim.lease, 50).await.expect("the queue is there");
        let begin = tokio::time::Instant::now();
        let settled = queue.finish(&claim, failure(FailureReason::ConnectionReset)).await;
        assert_eq!(settled, Settled::Retried);
        let record = queue.record(id).await;
        assert_eq!((record.state, record.progress), (JobState::Queued, 0));
        assert_eq!(record.failure.map(|failure| failure.message), Some("it \"failed\"".into()));
        claim = queue.claim_swept(&worker("w2")).await;
        assert!(begin.elapsed() >= SOON);
    }
    let settled = queue.finish(&claim, failure(FailureReason::BadResponse)).await;
    assert_eq!(settled, Settled::Over(JobState::Failed));
    let record = queue.record(id).await;
    let reason = record.failure.map(|failure| failure.reason);
    assert_eq!((record.state, reason), (JobState::Failed, Some(FailureReason::BadResponse)));
}

async fn a_failure_that_stays_a_failure_is_not_tried_again(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(JobRequest { retries: 3, ..request() }).await;
    let claim = queue.claim(&worker("w1")).await;
    let settled = queue.finish(&claim, failure(FailureReason::InvalidInput)).await;
    assert_eq!(settled, Settled::Over(JobState::Failed));
    assert_eq!(queue.state(id).await, JobState::Failed);
}

async fn an_end_that_is_sent_again_has_the_same_answer(backend: &Backend) {
    let queue = backend.open(QueueOptions { retry_delay: SOON, ..patient() }).await;
    queue.submit(JobRequest { retries: 1, ..request() }).await;
    let first = queue.claim(&worker("w1")).await;
    for _ in 0..2 {
        let settled = queue.finish(&first, failure(FailureReason::Other)).await;
        assert_eq!(settled, Settled::Retried);
    }
    let second = queue.claim_swept(&worker("w1")).await;
    assert_eq!(queue.finish(&first, success()).await, Settled::Retried);
    for _ in 0..2 {
        let settled = queue.finish(&second, success()).await;
        assert_eq!(settled, Settled::Over(JobState::Completed));
    }
    assert_eq!(queue.finish(&first, success()).await, Settled::Lost);
}

async fn a_job_whose_last_attempt_took_too_long_is_timed_out(backend: &Backend) {
    let queue = backend.open(QueueOptions { retry_delay: SOON, ..patient() }).await;
    let id = queue.submit(JobRequest { retries: 1, ..request() }).await;
    let claim = queue.claim(&worker("w1")).await;
    let settled = queue.finish(&claim, failure(FailureReason::DeadlineExceeded)).await;
    assert_eq!(settled, Settled::Retried);
    let claim = queue.claim_swept(&worker("w1")).await;
    let settled = queue.finish(&claim, failure(FailureReason::DeadlineExceeded)).await;
    assert_eq!(settled, Settled::Over(JobState::TimedOut));
    assert_eq!(queue.state(id).await, JobState::TimedOut);
}

async fn a_job_that_waits_is_cancelled_at_once(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(request()).await;
    assert_eq!(queue.api.cancel(id).await, Ok(Cancelled::Now));
    assert_eq!(queue.state(id).await, JobState::Cancelled);
    assert!(queue.claim_now(&worker("w1")).await.is_none());
    assert_eq!(queue.api.cancel(id).await, Ok(Cancelled::Over(JobState::Cancelled)));
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued), Ok(0));
    let unknown = JobId::generate();
    assert_eq!(queue.api.cancel(unknown).await, Ok(Cancelled::Unknown));
}

async fn a_job_that_waits_for_its_next_attempt_is_cancelled_at_once(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(JobRequest { retries: 1, ..request() }).await;
    let claim = queue.claim(&worker("w1")).await;
    queue.finish(&claim, failure(FailureReason::Other)).await;
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued), Ok(1));
    assert_eq!(queue.api.cancel(id).await, Ok(Cancelled::Now));
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued), Ok(0));
    assert_eq!(queue.state(id).await, JobState::Cancelled);
}

async fn the_worker_of_a_cancelled_job_learns_of_it_and_cannot_finish(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let (cancelled, kept) = (queue.submit(request()).await, queue.submit(request()).await);
    let owner = worker("w1");
    let (lost, running) = (queue.claim(&owner).await, queue.claim(&owner).await);
    assert_eq!(queue.workers.begin(&lost.lease).await, Ok(true));
    assert_eq!(queue.api.cancel(cancelled).await, Ok(Cancelled::Now));
    assert_eq!(queue.state(cancelled).await, JobState::Cancelled);
    let leases = [lost.lease.clone(), running.lease.clone()];
    let heartbeat = queue.workers.heartbeat(&owner, &leases).await.expect("the queue is there");
    assert_eq!(heartbeat.lost, [cancelled]);
    assert_eq!(queue.workers.begin(&lost.lease).await, Ok(false));
    assert_eq!(queue.finish(&lost, success()).await, Settled::Lost);
    assert_eq!(queue.state(cancelled).await, JobState::Cancelled);
    assert_eq!(queue.finish(&running, success()).await, Settled::Over(JobState::Completed));
    assert_eq!(queue.state(kept).await, JobState::Completed);
}

async fn a_job_that_is_over_stays_as_it_is(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(request()).await;
    let claim = queue.claim(&worker("w1")).await;
    queue.finish(&claim, success()).await;
    let before = queue.record(id).await;
    queue.workers.progress(&claim.lease, 3).await.expect("the queue is there");
    queue.workers.release(&claim.lease).await.expect("the queue is there");
    queue.workers.leave("w1").await.expect("the queue is there");
    queue.api.sweep().await.expect("the queue is there");
    assert_eq!(queue.workers.begin(&claim.lease).await, Ok(false));
    assert_eq!(queue.api.cancel(id).await, Ok(Cancelled::Over(JobState::Completed)));
    assert_eq!(queue.record(id).await, before);
    assert_eq!(queue.api.stats().await, Ok(QueueStats::default()));
}

async fn records_of_old_ends_are_dropped(backend: &Backend) {
    let queue = backend.open(QueueOptions { max_finished: 2, ..patient() }).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        let id = queue.submit(request()).await;
        if number % 2 == 0 {
            queue.api.cancel(id).await.expect("the queue is there");
        } else {
            let claim = queue.claim(&worker("w1")).await;
            queue.finish(&claim, success()).await;
        }
        ids.push(id);
    }
    let waiting = queue.submit(request()).await;
    for id in &ids[..2] {
        assert_eq!(queue.api.record(*id).await, Ok(None));
    }
    assert_eq!(queue.state(ids[2]).await, JobState::Cancelled);
    assert_eq!(queue.state(ids[3]).await, JobState::Completed);
    assert_eq!(queue.state(waiting).await, JobState::Queued);
}

async fn a_released_job_uses_up_no_retry(backend: &Backend) {
    let queue = backend.open(QueueOptions { retry_delay: SOON, ..patient() }).await;
    queue.submit(JobRequest { retries: 1, ..request() }).await;
    for _ in 0..3 {
        let claim = queue.claim(&worker("w1")).await;
        queue.workers.release(&claim.lease).await.expect("the queue is there");
        assert_eq!(queue.workers.begin(&claim.lease).await, Ok(false));
    }
    let claim = queue.claim(&worker("w1")).await;
    assert_eq!(claim.record.attempts, 4);
    let settled = queue.finish(&claim, failure(FailureReason::Other)).await;
    assert_eq!(settled, Settled::Retried);
}

#[tokio::test]
async fn jobs_take_as_many_bytes_as_they_may_and_ends_make_room() {
    let text_of = |bytes: usize| {
        let payload = HashPayload { text: Some("x".repeat(bytes)), url: None, rounds: 0 };
        JobRequest::new(Payload::Hash(payload))
    };
    let limit = 100_000;
    let queue = Backend::Embedded.open(QueueOptions { max_bytes: limit, ..patient() }).await;
    let hashes = WorkerInfo { services: [Service::Hash].into(), ..worker("w1") };
    let old = queue.submit(text_of(10_000)).await;
    queue.api.cancel(old).await.expect("the queue is there");
    let large = queue.submit(text_of(90_000)).await;
    let refused = QueueError::NoRoom { limit };
    assert_eq!(queue.api.submit(text_of(90_000)).await, Err(refused.clone()));
    // A smaller one has room, and a refusal drops no record of a job that is over.
    assert_eq!(queue.api.ready(), Ok(()));
    assert_eq!(queue.state(old).await, JobState::Cancelled);
    let mut small = Vec::new();
    while queue.api.ready().is_ok() {
        small.push(queue.submit(request()).await);
    }
    assert_eq!(small.len(), 8);
    assert_eq!(queue.api.submit(request()).await, Err(refused.clone()));
    // The oldest record made room for them.
    assert_eq!(queue.api.record(old).await, Ok(None));
    // A job that is over takes no more than its record, whatever its text was.
    let claim = queue.claim(&hashes).await;
    assert_eq!(claim.record.id, large);
    assert_eq!(queue.api.submit(request()).await, Err(refused));
    queue.finish(&claim, success()).await;
    assert_eq!(queue.state(large).await, JobState::Completed);
    queue.submit(text_of(80_000)).await;
    assert_eq!(queue.state(large).await, JobState::Completed);
}

/// Neither queue keeps the texts of jobs that are over, however they ended.
async fn texts_of_jobs_that_are_over_are_dropped(backend: &Backend) {
    let queue = backend.open(QueueOptions { unworkable_after: SOON, ..patient() }).await;
    let payload = CompressPayload { text: Some("x".repeat(1_000)), bytes: None, level: 3 };
    let asked = JobRequest::new(Payload::Compress(payload));
    let compress = WorkerInfo { services: [Service::Compress].into(), ..worker("w1") };
    let failed = queue.submit(JobRequest { retries: 1, ..asked.clone() }).await;
    let claim = queue.claim(&compress).await;
    queue.finish(&claim, failure(FailureReason::Other)).await;
    // The next attempt needs the text.
    assert_eq!(queue.record(failed).await.request.payload, asked.payload);
    let claim = queue.claim_swept(&compress).await;
    queue.finish(&claim, failure(FailureReason::Other)).await;
    let cancelled = queue.submit(asked.clone()).await;
    queue.api.cancel(cancelled).await.expect("the queue is there");
    queue.workers.leave("w1").await.expect("the queue is there");
    let unworkable = queue.submit(asked.clone()).await;
    queue.swept(unworkable, JobState::Unworkable).await;
    for id in [failed, cancelled, unworkable] {
        let Payload::Compress(kept) = queue.record(id).await.request.payload else {
            panic!("another payload")
        };
        assert_eq!((kept.text, kept.level), (None, 3));
    }
}
