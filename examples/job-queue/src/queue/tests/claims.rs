//! Who gets which job.

use std::collections::BTreeSet;

use futures_util::{future::join_all, poll};

use super::support::*;
use crate::{
    job::{FailureReason, HashPayload, JobId, JobRequest, JobState, Payload, Priority, Service},
    queue::{QueueError, QueueOptions, WorkerInfo},
};

with_each_queue! {
    a_job_goes_from_queued_over_assigned_and_running_to_completed
    jobs_are_claimed_by_priority_and_then_by_age
    a_job_that_comes_back_keeps_its_age
    only_a_worker_that_meets_the_requirements_gets_the_job
    a_worker_gets_jobs_of_its_services_alone
    of_workers_that_race_for_a_job_exactly_one_wins
    every_waiting_worker_gets_its_job
    a_claim_that_is_dropped_loses_no_job
    a_full_queue_refuses
    a_queue_refuses_too_many_different_requirements
    a_large_payload_arrives_as_it_was
    a_job_that_was_never_submitted_has_no_record
    a_closed_queue_takes_and_gives_nothing_and_lets_the_running_finish
}

async fn a_job_goes_from_queued_over_assigned_and_running_to_completed(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let asked = JobRequest { user: Some("Zo\u{eb}".to_owned()), ..request() };
    let id = queue.submit(asked.clone()).await;
    let record = queue.record(id).await;
    assert_eq!((record.id, record.state, record.request), (id, JobState::Queued, asked));
    assert_eq!((record.attempts, record.worker, record.progress), (0, None, 0));
    assert!(record.created_at.elapsed().is_ok_and(|age| age < PATIENCE));

    let claim = queue.claim(&worker("w1")).await;
    assert_eq!((claim.lease.job, &*claim.lease.worker), (id, "w1"));
    assert_eq!(claim.record, queue.record(id).await);
    assert_eq!((claim.record.state, claim.record.attempts), (JobState::Assigned, 1));
    assert_eq!(claim.record.worker.as_deref(), Some("w1"));

    // The second call is that of a worker whose answer was lost.
    for _ in 0..2 {
        assert_eq!(queue.workers.begin(&claim.lease).await, Ok(true));
        assert_eq!(queue.state(id).await, JobState::Running);
    }
    queue.workers.progress(&claim.lease, 40).await.expect("the queue is there");
    assert_eq!(queue.record(id).await.progress, 40);
    queue.finish(&claim, success()).await;
    let record = queue.record(id).await;
    assert_eq!((record.state, record.progress), (JobState::Completed, 100));
    assert_eq!((record.output, record.failure), (Some(output()), None));
}

async fn jobs_are_claimed_by_priority_and_then_by_age(backend: &Backend) {
    let queue = backend.open(patient()).await;
    // The queue knows the worker before the jobs.
    let able = able_worker("w1", r#"{"gpus": 1}"#);
    queue.workers.heartbeat(&able, &[]).await.expect("the queue is there");
    let mut submitted = Vec::new();
    for round in 0..3 {
        for priority in Priority::ALL {
            // Two classes, so that the order holds between classes, too.
            let asked = if round == 1 { requiring(r#"{"gpus": 1}"#) } else { request() };
            let id = queue.submit(JobRequest { priority, ..asked }).await;
            submitted.push((std::cmp::Reverse(priority), round, id));
        }
    }
    submitted.sort_unstable();
    for (_, _, id) in submitted {
        assert_eq!(queue.claim(&able).await.record.id, id);
    }
}

async fn a_job_that_comes_back_keeps_its_age(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let first = queue.submit(request()).await;
    let second = queue.submit(request()).await;
    let claim = queue.claim(&worker("w1")).await;
    assert_eq!(claim.record.id, first);
    queue.workers.release(&claim.lease).await.expect("the queue is there");
    assert_eq!(queue.claim(&worker("w1")).await.record.id, first);
    assert_eq!(queue.claim(&worker("w1")).await.record.id, second);
}

async fn only_a_worker_that_meets_the_requirements_gets_the_job(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(requiring(r#"{"zone": "\u00e9u", "gpus": 2, "1": 1}"#)).await;
    let unable = [
        "{}",
        r#"{"zone": "\u00e9u", "gpus": 2}"#,
        r#"{"zone": "eu", "gpus": 2, "1": 1}"#,
        r#"{"zone": "\u00e9u", "gpus": 1, "1": 1}"#,
        r#"{"zone": "\u00e9u", "gpus": "2", "1": 1}"#,
        r#"{"zone": 7, "gpus": 2, "1": 1}"#,
    ];
    for capabilities in unable {
        let claim = queue.claim_now(&able_worker("w1", capabilities)).await;
        assert!(claim.is_none(), "{capabilities}");
    }
    let able = able_worker("w2", r#"{"zone": "\u00e9u", "gpus": 4294967295, "1": 1, "2": "b"}"#);
    assert_eq!(queue.claim(&able).await.record.id, id);
}

async fn a_worker_gets_jobs_of_its_services_alone(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let payload = HashPayload { text: Some("a".to_owned()), url: None, rounds: 0 };
    let hash = JobRequest::new(Payload::Hash(payload));
    let urgent = JobRequest { priority: Priority::Critical, ..hash };
    let (hash, simulation) = (queue.submit(urgent).await, queue.submit(request()).await);
    assert_eq!(queue.claim(&worker("w1")).await.record.id, simulation);
    assert!(queue.claim_now(&worker("w1")).await.is_none());
    let services = BTreeSet::from([Service::Hash, Service::Image]);
    let other = WorkerInfo { services, ..worker("w2") };
    assert_eq!(queue.claim(&other).await.record.id, hash);
}

async fn of_workers_that_race_for_a_job_exactly_one_wins(backend: &Backend) {
    let queue = backend.open(patient()).await;
    for _ in 0..50 {
        let id = queue.submit(request()).await;
        let (one, other) = (worker("w1"), worker("w2"));
        let race = tokio::join!(queue.claim_now(&one), queue.claim_now(&other));
        let ((Some(winner), None) | (None, Some(winner))) = race else {
            panic!("not one winner: {race:?}")
        };
        assert_eq!(winner.record.id, id);
        queue.finish(&winner, success()).await;
    }
}

async fn every_waiting_worker_gets_its_job(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let workers: Vec<_> = (0..8).map(|number| worker(&format!("w{number}"))).collect();
    let claims = join_all(workers.iter().map(|worker| queue.claim(worker)));
    let submissions = async {
        let mut submitted = BTreeSet::new();
        for _ in 0..8 {
            submitted.insert(queue.submit(request()).await);
        }
        submitted
    };
    let (claims, submitted) = tokio::join!(claims, submissions);
    let claimed: BTreeSet<_> = claims.iter().map(|claim| claim.record.id).collect();
    assert_eq!(claimed, submitted);
}

async fn a_claim_that_is_dropped_loses_no_job(backend: &Backend) {
    let options = QueueOptions { worker_expiry: SOON, ..patient() };
    let queue = backend.open(options).await;
    for _ in 0..5 {
        let quitter = worker("w1");
        let mut claim = queue.workers.claim(&quitter, PATIENCE);
        assert!(poll!(&mut claim).is_pending());
        let id = queue.submit(request()).await;
        // The job may be on its way to the worker, or there already.
        drop(claim);
        let claimed = async {
            loop {
                queue.workers.heartbeat(&quitter, &[]).await.expect("the queue is there");
                if let Some(claim) = queue.claim_now(&worker("w2")).await {
                    return claim;
                }
                tokio::task::yield_now().await;
            }
        };
        let claim = patiently(claimed).await;
        assert_eq!(claim.record.id, id);
        queue.finish(&claim, success()).await;
    }
}

async fn a_full_queue_refuses(backend: &Backend) {
    let queue = backend.open(QueueOptions { max_queued: 2, ..patient() }).await;
    queue.submit(request()).await;
    assert_eq!(queue.api.ready(), Ok(()));
    queue.submit(request()).await;
    let full = QueueError::Full { limit: 2 };
    assert_eq!(queue.api.submit(request()).await, Err(full.clone()));
    let known = async {
        while queue.api.ready() != Err(full.clone()) {
            tokio::task::yield_now().await;
        }
    };
    patiently(known).await;
    // A job that runs does not count.
    queue.claim(&worker("w1")).await;
    queue.submit(request()).await;
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued), Ok(2));
}

async fn a_queue_refuses_too_many_different_requirements(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let limit = QueueOptions::MAX_CLASSES;
    let varied = |number: usize| requiring(&format!(r#"{{"n": {number}}}"#));
    for number in 0..limit {
        queue.submit(varied(number)).await;
    }
    let refused = queue.api.submit(varied(limit)).await;
    assert_eq!(refused, Err(QueueError::TooVaried { limit }));
    queue.submit(varied(7)).await;
    // The oldest job that the worker can run: it has the requirement 0.
    let claim = queue.claim(&able_worker("w1", r#"{"n": 5}"#)).await;
    assert_eq!(claim.record.request, varied(0));
    queue.submit(varied(limit)).await;
}

async fn a_large_payload_arrives_as_it_was(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let text = "\u{e9}\"\\\n".repeat(2 << 20);
    let payload = HashPayload { text: Some(text), url: None, rounds: 0 };
    let large = JobRequest::new(Payload::Hash(payload));
    let id = queue.submit(large.clone()).await;
    let services = BTreeSet::from([Service::Hash]);
    let claim = queue.claim(&WorkerInfo { services, ..worker("w1") }).await;
    assert!(claim.record.request == large);
    queue.finish(&claim, success()).await;
    // Nobody needs the text any more.
    let payload = Payload::Hash(HashPayload { text: None, url: None, rounds: 0 });
    assert_eq!(queue.record(id).await.request, JobRequest { payload, ..large });
}

async fn a_job_that_was_never_submitted_has_no_record(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = JobId::generate();
    assert_eq!(queue.api.record(id).await, Ok(None));
}

async fn a_closed_queue_takes_and_gives_nothing_and_lets_the_running_finish(backend: &Backend) {
    let queue = backend.open(patient()).await;
    let id = queue.submit(request()).await;
    let (holder, idle) = (worker("w1"), worker("w2"));
    let claim = queue.claim(&holder).await;
    let waiting = queue.workers.claim(&idle, PATIENCE);
    let closing = async {
        assert_eq!(queue.workers.ready(), Ok(()));
        queue.workers.close();
    };
    let (waiting, ()) = tokio::join!(waiting, closing);
    assert_eq!(waiting.err(), Some(QueueError::Closed));
    assert_eq!(queue.workers.ready(), Err(QueueError::Closed));
    let again = queue.workers.claim(&idle, PATIENCE).await;
    assert_eq!(again.err(), Some(QueueError::Closed));
    assert_eq!(queue.workers.submit(request()).await, Err(QueueError::Closed));
    queue.finish(&claim, success()).await;
    assert_eq!(queue.state(id).await, JobState::Completed);
}

#[tokio::test]
async fn a_queue_that_ends_with_the_process_cancels_the_jobs_that_wait() {
    let options = QueueOptions { retry_delay: PATIENCE, ..patient() };
    let queue = Backend::Embedded.open(options).await;
    let retried = || JobRequest { retries: 5, ..request() };
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(queue.submit(retried()).await);
    }
    let unlucky = queue.claim(&worker("w1")).await;
    queue.finish(&unlucky, failure(FailureReason::Other)).await;
    let (failing, released) = (queue.claim(&worker("w1")).await, queue.claim(&worker("w1")).await);
    let waiting = queue.submit(request()).await;
    assert_eq!(queue.workers.close(), 2);
    queue.finish(&failing, failure(FailureReason::Other)).await;
    queue.workers.release(&released.lease).await.expect("the queue is there");
    for (id, state) in [
        (unlucky.record.id, JobState::Cancelled),
        (waiting, JobState::Cancelled),
        (failing.record.id, JobState::Failed),
        (released.record.id, JobState::Cancelled),
    ] {
        assert_eq!(queue.state(id).await, state);
    }
    assert_eq!(queue.api.stats().await.map(|stats| stats.queued + stats.running), Ok(0));
}
