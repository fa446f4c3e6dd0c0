//! Workers that come, go and die.

use std::time::Duration;

use osapi_metrics_tests::servers::redis;

use super::support::*;
use crate::{
    job::{FailureReason, JobState},
    queue::{Queue, QueueOptions, QueueStats, Settled, WorkerInfo},
};

with_each_queue! {
    a_job_of_a_silent_worker_goes_to_another_and_the_old_lease_changes_nothing
    a_worker_that_sends_heartbeats_keeps_its_job
    a_job_that_kills_its_workers_fails
    a_worker_that_is_started_again_under_its_name_loses_its_jobs
    a_claim_that_is_on_its_way_is_not_taken_back
    the_jobs_of_a_worker_that_leaves_are_queued_again
    a_job_that_nobody_can_run_becomes_unworkable
    a_job_that_a_busy_worker_can_run_stays_queued
    the_time_without_a_worker_begins_when_the_last_one_goes
    workers_and_slots_are_counted
}

async fn a_job_of_a_silent_worker_goes_to_another_and_the_old_lease_changes_nothing(
    backend: &Backend,
) {
    let queue = backend.open(QueueOptions { worker_expiry: SOON, ..patient() }).await;
    let id = queue.submit(request()).await;
    let silent = worker("w1");
    let old = queue.claim(&silent).await;
    assert_eq!(queue.workers.begin(&old.lease).await, Ok(true));
    let sweep = queue.swept(id, JobState::Queued).await;
    assert_eq!((sweep.recovered, sweep.failed), (1, 0));

    let new = queue.claim(&worker("w2")).await;
    assert_eq!((new.record.id, new.record.attempts), (id, 2));
    let held = std::slice::from_ref(&old.lease);
    let heartbeat = queue.workers.heartbeat(&silent, held).await.expect("the queue is there");
    assert_eq!(heartbeat.lost, [id]);
    let before = queue.record(id).await;
    assert_eq!(queue.workers.begin(&old.lease).await, Ok(false));
    queue.workers.progress(&old.lease, 77).await.expect("the queue is there");
    queue.workers.release(&old.lease).await.expect("the queue is there");
    assert_eq!(queue.finish(&old, success()).await, Settled::Lost);
    assert_eq!(queue.record(id).await, before);
    assert_eq!(queue.finish(&new, success()).await, Settled::Over(JobState::Completed));
}

/// On a server, where two processes can give their workers one name.
#[tokio::test]
async fn a_worker_keeps_its_name_until_it_leaves_or_is_silent() {
    let Some(server) = redis() else { return };
    let first = connect(&server.url(), patient()).await;
    let second = connect(&server.url(), patient()).await;
    let hasty = QueueOptions { worker_expiry: SOON, ..patient() };
    let third = connect(&server.url(), hasty).await;
    let same = worker("same");
    first.heartbeat(&same, &[]).await.expect("its name");
    let id = first.submit(request()).await.expect("the server is there");
    let claim = first.claim(&same, Duration::ZERO).await.expect("its name").expect("the job");
    let held = std::slice::from_ref(&claim.lease);

    let taken = [
        second.heartbeat(&same, &[]).await.map(drop),
        second.claim(&same, Duration::ZERO).await.map(drop),
    ];
    for answer in taken {
        let error = answer.expect_err("the name of another").to_string();
        assert!(error.contains("another worker has the same name"), "{error}");
    }
    assert_eq!(first.ready(), Ok(()));
    assert_eq!(second.ready().expect_err("it takes no jobs").code(), "name_taken");
    // What the other one does not know of, and takes leave of, is not its own.
    second.leave("same").await.expect("the server is there");
    assert_eq!(first.heartbeat(&same, held).await.expect("its name").lost, []);
    assert_eq!(first.begin(&claim.lease).await, Ok(true));
    assert_eq!(first.stats().await.expect("the server is there").workers, 1);

    // After a silence another one has it, and the first one has lost it.
    let silence = async {
        while third.heartbeat(&same, &[]).await.is_err() {
            tokio::time::sleep(SOON).await;
        }
    };
    patiently(silence).await;
    assert!(first.heartbeat(&same, held).await.is_err());
    assert!(first.claim(&same, Duration::ZERO).await.is_err());
    assert!(first.ready().is_err());
    third.leave("same").await.expect("the server is there");
    assert_eq!(first.heartbeat(&same, held).await.expect("its name again").lost, [id]);
    assert_eq!(first.ready(), Ok(()));
}

async fn a_worker_that_sends_heartbeats_keeps_its_job(backend: &Backend) {
    let queue = backend.open(QueueOptions { worker_expiry: SOON * 10, ..patient() }).await;
    let (kept, lost) = (queue.submit(request()).await, queue.submit(request()).await);
    let alive = worker("w1");
    let claim = queue.claim(&alive).await;
    queue.claim(&worker("w2")).await;
    // The other worker's end shows that the time is over.
    let over = async {
        while queue.state(lost).await != JobState::Queued {
            let held = std::slice::from_ref(&claim.lease);
            let heartbeat = queue.workers.heartbeat(&alive, held).await;
            assert_eq!(heartbeat.expect("the queue is there").lost, []);
            queue.api.sweep().await.expect("the queue is there");
            tokio::task::yield_now().await;
        }
    };
    patiently(over).await;
    assert_eq!(queue.state(kept).await, JobState::Assigned);
}

async fn a_job_that_kills_its_workers_fails(backend: &Backend) {
    let queue = backend.open(QueueOptions { worker_expiry: SOON, ..patient() }).await;
    let id = queue.submit(request()).await;
    for number in 1..QueueOptions::MAX_LOST_WORKERS {
        queue.claim(&worker(&format!("w{number}"))).await;
        assert_eq!(queue.swept(id, JobState::Queued).await.recovered, 1);
    }
    queue.claim(&worker("last")).await;
    let sweep = queue.swept(id, JobState::Failed).await;
    assert_eq!((sweep.recovered, sweep.failed), (0, 1));
    let failure = queue.record(id).await.failure.expect("a failure");
    assert_eq!(failure.reason, FailureReason::WorkerLost);
    assert_eq!(failure.message, "5 workers were lost while they had the job");
}

async fn a_worker_that_is_started_again_under_its_name_loses_its_jobs(backend: &Backend) {
    let queue = backend.open(QueueOptions { worker_expiry: SOON * 10, ..patient() }).await;
    let id = queue.submit(request()).await;
    let restarted = worker("w1");
    for number in 1..=QueueOptions::MAX_LOST_WORKERS {
        let claim = queue.claim(&restarted).await;
        assert_eq!(queue.workers.begin(&claim.lease).await, Ok(true));
        let is_last = number == QueueOptions::MAX_LOST_WORKERS;
        let state = if is_last { JobState::Failed } else { JobState::Queued };
        let taken_back = async {
            while queue.state(id).await != state {
                queue.workers.heartbeat(&restarted, &[]).await.expect("the queue is there");
                tokio::task::yield_now().await;
            }
        };
        patiently(taken_back).await;
    }
    let failure = queue.record(id).await.failure.expect("a failure");
    assert_eq!(failure.reason, FailureReason::WorkerLost);
}

async fn a_claim_that_is_on_its_way_is_not_taken_back(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(request()).await;
    let quick = worker("w1");
    let claim = queue.claim(&quick).await;
    // The worker wrote the heartbeat before it had the claim.
    queue.workers.heartbeat(&quick, &[]).await.expect("the queue is there");
    assert_eq!(queue.state(id).await, JobState::Assigned);
    assert_eq!(queue.workers.begin(&claim.lease).await, Ok(true));
}

async fn the_jobs_of_a_worker_that_leaves_are_queued_again(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let leaving = worker("w1");
    let (first, second) = (queue.submit(request()).await, queue.submit(request()).await);
    let claim = queue.claim(&leaving).await;
    queue.claim(&leaving).await;
    queue.workers.begin(&claim.lease).await.expect("the queue is there");
    queue.workers.leave("w1").await.expect("the queue is there");
    assert_eq!(queue.workers.begin(&claim.lease).await, Ok(false));
    let stats = queue.api.stats().await.expect("the queue is there");
    assert_eq!((stats.queued, stats.running, stats.workers), (2, 0, 0));
    for id in [first, second] {
        assert_eq!(queue.claim(&worker("w2")).await.record.id, id);
    }
}

async fn a_job_that_nobody_can_run_becomes_unworkable(backend: &Backend) {
    let queue = backend.open(QueueOptions { unworkable_after: SOON, ..patient() }).await;
    queue.workers.heartbeat(&worker("w1"), &[]).await.expect("the queue is there");
    let workable = queue.submit(request()).await;
    let begin = tokio::time::Instant::now();
    let id = queue.submit(requiring(r#"{"gpus": 1}"#)).await;
    let other = queue.submit(requiring(r#"{"gpus": 1}"#)).await;
    let sweep = queue.swept(id, JobState::Unworkable).await;
    assert!(begin.elapsed() >= SOON);
    queue.swept(other, JobState::Unworkable).await;
    assert!(sweep.unworkable >= 1);
    assert_eq!(queue.state(workable).await, JobState::Queued);
    assert!(queue.claim_now(&able_worker("w2", r#"{"gpus": 1}"#)).await.is_some());
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued), Ok(0));
}

async fn a_job_that_a_busy_worker_can_run_stays_queued(backend: &Backend) {
    let queue = backend.open(QueueOptions { unworkable_after: SOON, ..patient() }).await;
    let busy = able_worker("w1", r#"{"gpus": 2}"#);
    queue.submit(request()).await;
    queue.claim(&busy).await;
    let waits = queue.submit(requiring(r#"{"gpus": 1}"#)).await;
    let unworkable = queue.submit(requiring(r#"{"gpus": 3}"#)).await;
    queue.swept(unworkable, JobState::Unworkable).await;
    assert_eq!(queue.state(waits).await, JobState::Queued);
}

async fn the_time_without_a_worker_begins_when_the_last_one_goes(backend: &Backend) {
    let queue = backend.open(QueueOptions { unworkable_after: SOON * 5, ..patient() }).await;
    queue.workers.heartbeat(&worker("w1"), &[]).await.expect("the queue is there");
    let id = queue.submit(request()).await;
    let begin = tokio::time::Instant::now();
    while begin.elapsed() < SOON * 6 {
        queue.api.sweep().await.expect("the queue is there");
        tokio::task::yield_now().await;
    }
    assert_eq!(queue.state(id).await, JobState::Queued);
    let left = tokio::time::Instant::now();
    queue.workers.leave("w1").await.expect("the queue is there");
    queue.swept(id, JobState::Unworkable).await;
    assert!(left.elapsed() >= SOON * 5);
}

async fn workers_and_slots_are_counted(backend: &Backend) {
    let queue = backend.open(patient()).await;
    assert_eq!(queue.api.stats().await, Ok(QueueStats::default()));
    for _ in 0..3 {
        queue.submit(request()).await;
    }
    let large = WorkerInfo { slots: 3, ..worker("w2") };
    queue.workers.heartbeat(&large, &[]).await.expect("the queue is there");
    queue.claim(&worker("w1")).await;
    let first = queue.claim(&large).await;
    let expected = QueueStats { queued: 1, running: 2, workers: 2, available_workers: 1, slots: 4 };
    assert_eq!(queue.api.stats().await, Ok(expected));
    queue.finish(&first, success()).await;
    queue.workers.leave("w1").await.expect("the queue is there");
    let expected = QueueStats { queued: 2, running: 0, workers: 1, available_workers: 1, slots: 3 };
    assert_eq!(queue.api.stats().await, Ok(expected));
}
