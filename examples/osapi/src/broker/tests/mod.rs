//! The behaviour of every broker, tried with each broker.

mod nats;
mod traffic;
mod unusable;

use std::{sync::Arc, time::Duration};

use futures_util::{future::join_all, poll};
use osapi_metrics_tests::servers;
use serde_json::json;
use tokio::time::timeout;

use super::{Broker, BrokerError, Delivery, EmbeddedBroker, Limits};
use crate::{
    job::{Failure, Job, JobId, JobRecord, JobState, JobStatus, Outcome},
    operations::{Operation, Output, WaitArgs},
};

/// The most that a test waits for a broker.
const PATIENCE: Duration = Duration::from_mins(1);

/// Tries a behaviour with the embedded broker, and with NATS where there is a server.
macro_rules! brokers {
    ($($behaviour:ident)*) => {
        $(#[tokio::test]
        async fn $behaviour() {
            super::$behaviour(&embedded()).await;
            if let Some(server) = servers::nats() {
                super::$behaviour(&nats::connected(&server).await).await;
            }
        })*
    };
}

/// The two ends of a broker. With NATS, each end has its own connection.
struct BrokerPair {
    api: Arc<dyn Broker>,
    agent: Arc<dyn Broker>,
}

fn embedded() -> BrokerPair {
    let broker: Arc<dyn Broker> = Arc::new(EmbeddedBroker::new(Limits::default()));
    BrokerPair { api: Arc::clone(&broker), agent: broker }
}

mod behaviour {
    use super::*;

    brokers! {
        a_job_goes_from_queued_over_running_to_completed
        a_failure_is_stored_as_it_was
        a_job_that_is_given_back_is_delivered_again
        a_request_for_a_job_that_is_dropped_loses_none
        every_waiting_agent_gets_its_job
        the_end_wakes_every_waiter
        the_broker_reports_the_number_of_unfinished_jobs
        a_job_that_was_never_submitted_has_no_record
        a_closed_broker_takes_and_delivers_nothing_and_lets_the_running_finish
    }
}

impl BrokerPair {
    async fn submit(&self) -> JobId {
        let job = Job::new(Operation::Wait(WaitArgs { millis: 7 }));
        let id = job.id;
        self.api.submit(job).await.expect("the broker is there");
        id
    }

    async fn take(&self, agent: &str) -> Delivery {
        let next = timeout(PATIENCE, self.agent.next(agent)).await;
        next.expect("a job within the time").expect("the broker is open")
    }

    async fn record(&self, id: JobId) -> JobRecord {
        self.api.record(id).await.expect("the broker is there").expect("known")
    }

    async fn status(&self, id: JobId) -> JobStatus {
        self.record(id).await.state.status()
    }

    /// Waits until a job has this status.
    async fn becomes(&self, id: JobId, status: JobStatus) {
        let reached = async {
            while self.status(id).await != status {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, reached).await.expect("the status within the time");
    }
}

fn success() -> Outcome {
    let output = Output::json(&json!({"a": [1, 2]})).expect("valid JSON");
    Outcome { result: Ok(output), duration: Some(Duration::from_millis(1_500)) }
}

async fn a_job_goes_from_queued_over_running_to_completed(broker: &BrokerPair) {
    let id = broker.submit().await;
    assert_eq!(broker.status(id).await, JobStatus::Queued);
    let delivery = broker.take("a1").await;
    let job = &delivery.job;
    assert_eq!((job.id, job.attempt, job.operation.name()), (id, 1, "wait"));
    let JobState::Running { agent } = broker.record(id).await.state else { panic!("not running") };
    assert_eq!(&*agent, "a1");

    delivery.lease.finish(success()).await.expect("stored");
    let record = broker.api.finished(id).await.expect("the broker is there").expect("known");
    let shown = serde_json::to_value(&record).expect("a JSON form");
    assert_eq!(shown["status"], "completed");
    assert_eq!(shown["result"], json!({"a": [1, 2]}));
    assert_eq!((&shown["agent"], &shown["duration_seconds"]), (&json!("a1"), &json!(1.5)));
}

async fn a_failure_is_stored_as_it_was(broker: &BrokerPair) {
    for (timed_out, status) in [(false, JobStatus::Failed), (true, JobStatus::TimedOut)] {
        let id = broker.submit().await;
        let failure = Failure { code: "no_time".into(), message: "it took long".into(), timed_out };
        let outcome = Outcome { result: Err(failure), duration: Some(Duration::ZERO) };
        broker.take("a1").await.lease.finish(outcome).await.expect("stored");
        let record = broker.record(id).await;
        assert_eq!(record.state.status(), status);
        let shown = serde_json::to_value(&record).expect("a JSON form");
        assert_eq!(shown["error"], json!({"code": "no_time", "message": "it took long"}));
    }
}

async fn a_job_that_is_given_back_is_delivered_again(broker: &BrokerPair) {
    let id = broker.submit().await;
    drop(broker.take("a1").await);
    broker.becomes(id, JobStatus::Queued).await;
    let again = broker.take("a2").await;
    assert_eq!((again.job.id, again.job.attempt), (id, 2));
    again.lease.finish(success()).await.expect("stored");
    assert_eq!(broker.status(id).await, JobStatus::Completed);
}

async fn a_request_for_a_job_that_is_dropped_loses_none(broker: &BrokerPair) {
    for _ in 0..5 {
        let mut request = broker.agent.next("a1");
        assert!(poll!(&mut request).is_pending());
        let id = broker.submit().await;
        // The job may be on its way to the request, or there already.
        drop(request);
        let delivery = broker.take("a2").await;
        assert_eq!(delivery.job.id, id);
        delivery.lease.finish(success()).await.expect("stored");
    }
}

async fn every_waiting_agent_gets_its_job(broker: &BrokerPair) {
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let agent = Arc::clone(&broker.agent);
            tokio::spawn(async move { agent.next("a").await })
        })
        .collect();
    let mut submitted = Vec::new();
    for _ in 0..8 {
        submitted.push(broker.submit().await.to_string());
    }
    let mut delivered = Vec::new();
    for delivery in timeout(PATIENCE, join_all(takers)).await.expect("all within the time") {
        let delivery = delivery.expect("no panic").expect("the broker is open");
        delivered.push(delivery.job.id.to_string());
        delivery.lease.finish(success()).await.expect("stored");
    }
    submitted.sort();
    delivered.sort();
    assert_eq!(delivered, submitted);
}

async fn the_end_wakes_every_waiter(broker: &BrokerPair) {
    let id = broker.submit().await;
    let delivery = broker.take("a1").await;
    let finish = async {
        delivery.lease.finish(success()).await.expect("stored");
    };
    // Polled in this order, so that both wait before the job ends.
    let ends = async { tokio::join!(broker.api.finished(id), broker.api.finished(id), finish) };
    let (one, two, ()) = timeout(PATIENCE, ends).await.expect("woken within the time");
    for record in [one, two] {
        let record = record.expect("the broker is there").expect("known");
        assert_eq!(record.state.status(), JobStatus::Completed);
    }
}

async fn the_broker_reports_the_number_of_unfinished_jobs(broker: &BrokerPair) {
    for _ in 0..3 {
        broker.submit().await;
    }
    let reported = async |length| {
        let reported = async {
            while broker.api.unfinished() != Some(length) {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, reported).await.expect("reported within the time");
    };
    reported(3).await;
    let running = broker.take("a1").await;
    drop(broker.take("a1").await);
    running.lease.finish(success()).await.expect("stored");
    reported(2).await;
}

async fn a_job_that_was_never_submitted_has_no_record(broker: &BrokerPair) {
    let id = JobId::generate();
    assert!(broker.api.record(id).await.expect("the broker is there").is_none());
    assert!(broker.api.finished(id).await.expect("the broker is there").is_none());
}

async fn a_closed_broker_takes_and_delivers_nothing_and_lets_the_running_finish(
    broker: &BrokerPair,
) {
    let id = broker.submit().await;
    let delivery = broker.take("a1").await;
    let agent = Arc::clone(&broker.agent);
    let waiting = tokio::spawn(async move { agent.next("a2").await.err() });
    assert_eq!(broker.agent.ready(), Ok(()));
    broker.agent.close();
    assert_eq!(waiting.await.expect("no panic"), Some(BrokerError::Closed));
    assert_eq!(broker.agent.ready(), Err(BrokerError::Closed));
    assert_eq!(broker.agent.next("a1").await.err(), Some(BrokerError::Closed));
    let job = Job::new(Operation::NodeHostname);
    assert_eq!(broker.agent.submit(job).await, Err(BrokerError::Closed));

    delivery.lease.finish(success()).await.expect("stored");
    broker.agent.settle(PATIENCE).await;
    assert_eq!(broker.status(id).await, JobStatus::Completed);
}
