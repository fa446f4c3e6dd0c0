//! The NATS broker alone: servers that go away and come back, and processes that die.

use std::fs;

use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, stream};
use futures_util::StreamExt;
use osapi_metrics_tests::{logs, servers::NatsServer};

use super::*;
use crate::{
    broker::nats::{HEARTBEAT_INTERVAL, NatsBroker, RECORDS_BUCKET, RecoverySchedule},
    fleet::Fleet,
    operations::Sha256Args,
};

pub(super) async fn connect(server: &NatsServer) -> NatsBroker {
    let servers = server.url().parse().expect("a URL");
    NatsBroker::connect(servers, "test").await.expect("one server fits together")
}

pub(super) async fn ready(broker: &NatsBroker) {
    let ready = async {
        while broker.ready().is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, ready).await.expect("ready within the time");
}

/// Submits a job until one is accepted.
async fn accepted(broker: &BrokerPair) -> JobId {
    let accepted = async {
        loop {
            let job = Job::new(Operation::NodeHostname);
            let id = job.id;
            if broker.api.submit(job).await.is_ok() {
                return id;
            }
            // A refusal may come at once, without a wait.
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, accepted).await.expect("accepted within the time")
}

/// Waits until the queue is empty.
async fn emptied(server: &NatsServer) {
    let client = async_nats::connect(server.url()).await.expect("connected");
    let queue = jetstream::new(client).get_stream("OSAPI_JOBS").await.expect("the queue");
    let empty = async { while queue.get_info().await.expect("the queue").state.messages > 0 {} };
    timeout(PATIENCE, empty).await.expect("all jobs leave the queue");
}

/// An API and an agent, each with its own connection.
pub(super) async fn connected(server: &NatsServer) -> BrokerPair {
    let (api, agent) = (connect(server).await, connect(server).await);
    ready(&api).await;
    ready(&agent).await;
    let (interval, overdue) = (Duration::from_millis(100), Duration::from_millis(200));
    api.maintain_queue_on(RecoverySchedule { interval, overdue });
    BrokerPair { api: Arc::new(api), agent: Arc::new(agent) }
}

#[tokio::test]
async fn a_server_that_is_away_is_named_and_waited_for() {
    let Some(mut server) = servers::nats() else { return };
    server.kill();
    let broker = connect(&server).await;
    let job = || Job::new(Operation::NodeHostname);
    for refused in [broker.ready(), broker.submit(job()).await] {
        let Err(BrokerError::Away { reason }) = refused else { panic!("{refused:?}") };
        assert!(reason.starts_with(&format!("NATS at {}: ", server.url())), "{reason}");
    }
    let agent = broker.clone();
    let waiting = tokio::spawn(async move { agent.next("a1").await });
    server.start_again();
    ready(&broker).await;
    let submitted = job();
    let id = submitted.id;
    broker.submit(submitted).await.expect("the broker is there");
    let delivery = timeout(PATIENCE, waiting).await.expect("delivered within the time");
    assert_eq!(delivery.expect("no panic").expect("open").job.id, id);
}

#[tokio::test]
async fn the_credentials_of_the_url_are_presented() {
    for (arguments, credentials) in
        [(&["--user", "u", "--pass", "p@ss"][..], "u:p%40ss"), (&["--auth", "t0ken"], "t0ken")]
    {
        let Some(server) = servers::nats_with(arguments) else { return };
        let url = format!("nats://{credentials}@{}", server.address());
        let servers = url.parse().expect("a URL");
        let broker = NatsBroker::connect(servers, "test").await.expect("one server");
        ready(&broker).await;
        let stranger = connect(&server).await;
        let refused = async {
            while !stranger.ready().is_err_and(|error| error.to_string().contains("authorization"))
            {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, refused).await.expect("refused within the time");
    }
}

/// Each message is removed once, and the jobs behind it are delivered.
#[tokio::test]
async fn a_message_that_is_not_a_job_is_removed_from_the_queue() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    for _ in 0..20 {
        let sent = context.publish("osapi.jobs.garbage", "garbage".into()).await.expect("sent");
        sent.await.expect("accepted");
    }
    let id = broker.submit().await;
    let delivery = broker.take("a1").await;
    assert_eq!((delivery.job.id, delivery.job.attempt), (id, 1));
    delivery.lease.finish(success()).await.expect("stored");
    let stream = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let empty = async { while stream.get_info().await.expect("the queue").state.messages > 0 {} };
    timeout(PATIENCE, empty).await.expect("all leave the queue");
}

/// The job is left to agents that know the operation, and other jobs are delivered.
#[tokio::test]
async fn an_agent_that_does_not_know_an_operation_does_not_begin_the_job() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    let unknown = JobId::generate();
    let job = json!({"id": unknown, "operation": "no.such", "args": {}, "created_at": 0});
    let subject = format!("osapi.jobs.{unknown}");
    let sent = context.publish(subject, job.to_string().into()).await.expect("sent");
    sent.await.expect("accepted");

    let id = broker.submit().await;
    let delivery = broker.take("a1").await;
    assert_eq!((delivery.job.id, delivery.job.attempt), (id, 1));
    delivery.lease.finish(success()).await.expect("stored");
    let record = broker.record(unknown).await;
    assert_eq!((record.operation.as_ref(), record.state.status()), ("no.such", JobStatus::Queued));
}

#[tokio::test]
async fn a_job_whose_record_cannot_be_read_runs() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let id = broker.submit().await;
    let bucket = jetstream::new(client).get_key_value(RECORDS_BUCKET).await.expect("the bucket");
    bucket.put(id.to_string(), "garbage".into()).await.expect("written");
    let delivery = broker.take("a1").await;
    delivery.lease.finish(success()).await.expect("stored");
    assert_eq!(broker.status(id).await, JobStatus::Completed);
}

#[tokio::test]
async fn an_end_waits_for_a_server_that_is_away() {
    let Some(mut server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let id = broker.submit().await;
    let delivery = broker.take("a1").await;
    server.kill();
    let mut finishing = delivery.lease.finish(success());
    assert!(poll!(&mut finishing).is_pending());
    server.start_again();
    timeout(PATIENCE, finishing).await.expect("stored within the time").expect("stored");
    let record = timeout(PATIENCE, broker.api.finished(id)).await.expect("within the time");
    let record = record.expect("the broker is there").expect("known");
    assert_eq!(record.state.status(), JobStatus::Completed);
}

#[tokio::test]
async fn a_job_that_is_over_is_not_run_again() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    let over = broker.submit().await;
    let mut stream = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let sequence = stream.info().await.expect("the queue").state.first_sequence;
    let message = stream.get_raw_message(sequence).await.expect("the job");
    broker.take("a1").await.lease.finish(success()).await.expect("stored");

    let again = context.publish(message.subject, message.payload).await.expect("sent");
    again.await.expect("accepted");
    let other = broker.submit().await;
    // The queue is in order: the other job comes only after the repeated one was handled.
    let delivery = broker.take("a2").await;
    assert_eq!(delivery.job.id, other);
    delivery.lease.finish(success()).await.expect("stored");
    let JobState::Finished { agent, .. } = broker.record(over).await.state else {
        panic!("not over");
    };
    assert_eq!(&*agent, "a1");
    let empty = async { while stream.info().await.expect("the queue").state.messages > 0 {} };
    timeout(PATIENCE, empty).await.expect("both jobs leave the queue");
}

#[tokio::test]
async fn the_end_that_is_stored_first_stays() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let id = broker.submit().await;
    let slow = broker.take("slow").await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    let stream = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let message = stream.get_raw_message(1).await.expect("the job");
    // The server delivers a job again when its agent is silent for a while.
    let again = context.publish(message.subject, message.payload).await.expect("sent");
    again.await.expect("accepted");
    broker.take("quick").await.lease.finish(success()).await.expect("stored");
    slow.lease.finish(success()).await.expect("nothing to store");
    let JobState::Finished { agent, .. } = broker.record(id).await.state else {
        panic!("not over");
    };
    assert_eq!(&*agent, "quick");
}

#[tokio::test]
async fn a_job_that_no_agent_finishes_is_given_up() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let id = broker.submit().await;
    for attempt in 1..=20 {
        let delivery = broker.take("unlucky").await;
        assert_eq!(delivery.job.attempt, attempt);
    }
    let waiting = Arc::clone(&broker.agent);
    let waiting = tokio::spawn(async move { waiting.next("last").await });
    let record = timeout(PATIENCE, broker.api.finished(id)).await.expect("within the time");
    let record = record.expect("the broker is there").expect("known");
    let shown = serde_json::to_value(&record).expect("a JSON form");
    assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("failed"), &json!("given_up")));
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_job_that_the_server_has_lost_is_queued_again() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let stream = jetstream::new(client).get_stream("OSAPI_JOBS").await.expect("the queue");
    let (lost, kept) = (broker.submit().await, broker.submit().await);
    stream.delete_message(1).await.expect("lost");
    let delivery = broker.take("a1").await;
    assert_eq!(delivery.job.id, kept);
    let found = broker.take("a1").await;
    assert_eq!(found.job.id, lost);
    found.lease.finish(success()).await.expect("stored");
    // The running job was not taken for a lost one.
    delivery.lease.finish(success()).await.expect("stored");
    let empty = async { while stream.get_info().await.expect("the queue").state.messages > 0 {} };
    timeout(PATIENCE, empty).await.expect("both jobs leave the queue");
}

#[tokio::test]
async fn of_many_jobs_that_the_server_has_lost_the_log_has_some_and_the_number() {
    logs::logs();
    let Some(server) = servers::nats() else { return };
    let broker = connect(&server).await;
    ready(&broker).await;
    let mut lost = Vec::new();
    for _ in 0..30 {
        let job = Job::new(Operation::NodeHostname);
        lost.push(job.id);
        broker.submit(job).await.expect("accepted");
    }
    let client = async_nats::connect(server.url()).await.expect("connected");
    let stream = jetstream::new(client).get_stream("OSAPI_JOBS").await.expect("the queue");
    stream.purge().await.expect("lost");
    let (interval, overdue) = (Duration::from_millis(100), Duration::ZERO);
    broker.maintain_queue_on(RecoverySchedule { interval, overdue });
    let others = "the server had lost more jobs; they are in the queue again others=10";
    let logged = async {
        while logs::lines_about(others).is_empty() {
            tokio::time::sleep(interval).await;
        }
    };
    timeout(PATIENCE, logged).await.expect("a line");
    assert_eq!(stream.get_info().await.expect("the queue").state.messages, 30);
    let named = lost.iter().filter(|id| !logs::lines_about(&id.to_string()).is_empty());
    assert_eq!(named.count(), 20);
}

/// The state of a server that was killed: the queue counts from the beginning, while the consumer
/// remembers the delivered messages.
#[tokio::test]
async fn a_queue_that_has_lost_its_sequences_delivers_new_jobs() {
    let Some(mut server) = servers::nats() else { return };
    // Without queue maintenance, which would queue the lost jobs again, too.
    let (api, agent) = (connect(&server).await, connect(&server).await);
    ready(&api).await;
    ready(&agent).await;
    let broker = BrokerPair { api: Arc::new(api), agent: Arc::new(agent) };
    for _ in 0..5 {
        broker.submit().await;
        broker.take("a1").await.lease.finish(success()).await.expect("stored");
    }
    emptied(&server).await;
    // A stopped server has stored which messages were delivered. Then the queue's own files get
    // lost.
    server.stop();
    let messages = server.stream("OSAPI_JOBS").join("msgs");
    for file in fs::read_dir(&messages).expect("the queue's files") {
        fs::remove_file(file.expect("a file").path()).expect("removed");
    }
    server.start_again();
    let id = accepted(&broker).await;
    assert_eq!(broker.take("a1").await.job.id, id);
}

/// A delivery that an agent does not begin to run is not an attempt.
#[tokio::test]
async fn only_agents_that_had_the_job_count_as_attempts() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let id = broker.submit().await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let queue = jetstream::new(client).get_stream("OSAPI_JOBS").await.expect("the queue");
    let agents: PullConsumer = queue.get_consumer("agents").await.expect("the agents' consumer");
    for _ in 0..30 {
        let request = agents.batch().max_messages(1).expires(PATIENCE);
        let mut messages = request.messages().await.expect("asked");
        let message = messages.next().await.expect("the job").expect("the job");
        message.ack_with(AckKind::Nak(None)).await.expect("given back");
    }
    let delivery = broker.take("a1").await;
    assert_eq!((delivery.job.id, delivery.job.attempt), (id, 1));
}

#[tokio::test]
async fn a_stream_or_bucket_that_is_deleted_is_made_again() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    for missing in ["OSAPI_JOBS", "KV_osapi-records"] {
        context.delete_stream(missing).await.expect("deleted");
        let id = accepted(&broker).await;
        let delivery = broker.take("a1").await;
        assert_eq!(delivery.job.id, id, "{missing}");
        delivery.lease.finish(success()).await.expect("stored");
    }
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let Some(server) = servers::nats() else { return };
    let client = async_nats::connect(server.url()).await.expect("connected");
    let small = stream::Config {
        name: "OSAPI_JOBS".to_owned(),
        subjects: vec!["osapi.jobs.*".to_owned()],
        retention: stream::RetentionPolicy::WorkQueue,
        discard: stream::DiscardPolicy::New,
        max_messages: 1,
        ..stream::Config::default()
    };
    jetstream::new(client).create_stream(small).await.expect("made before osapi makes its own");
    let broker = connected(&server).await;
    let first = broker.submit().await;
    let refused = broker.api.submit(Job::new(Operation::NodeHostname)).await;
    assert!(matches!(refused, Err(BrokerError::QueueFull { .. })), "{refused:?}");
    assert_eq!(broker.take("a1").await.job.id, first);
}

#[tokio::test]
async fn a_job_or_result_that_is_larger_than_a_message_is_refused_or_fails() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = folder.path().join("nats.conf");
    fs::write(&config, "max_payload: 2000").expect("written");
    let config = config.to_str().expect("UTF-8");
    let Some(server) = servers::nats_with(&["--config", config]) else { return };
    let broker = connected(&server).await;
    let path = "long/".repeat(500).into();
    let large = Job::new(Operation::FileSha256(Sha256Args { path }));
    assert_eq!(broker.api.submit(large).await, Err(BrokerError::TooLarge));

    // It fits, and its record would not when it has ended.
    let path = "n".repeat(1_000).into();
    let large = Job::new(Operation::FileSha256(Sha256Args { path }));
    assert_eq!(broker.api.submit(large).await, Err(BrokerError::TooLarge));

    let id = broker.submit().await;
    let output = Output::json(&"long".repeat(1_000)).expect("valid JSON");
    let outcome = Outcome { result: Ok(output), duration: Some(Duration::ZERO) };
    broker.take("a1").await.lease.finish(outcome).await.expect("stored");
    let shown = serde_json::to_value(broker.record(id).await).expect("a JSON form");
    assert_eq!(shown["error"]["code"], "result_too_large");
}

/// The smaller limit refuses the request for the queue already.
#[tokio::test]
async fn a_server_whose_messages_are_too_small_for_any_job_is_misconfigured() {
    for bytes in [256, 1_500] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = folder.path().join("nats.conf");
        fs::write(&config, format!("max_payload: {bytes}")).expect("written");
        let config = config.to_str().expect("UTF-8");
        let Some(server) = servers::nats_with(&["--config", config]) else { return };
        let broker = connect(&server).await;
        let reason = async {
            loop {
                match broker.ready() {
                    Err(BrokerError::Misconfigured { reason }) => return reason,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        let reason = timeout(PATIENCE, reason).await.expect("known within the time");
        assert!(reason.contains(&format!("its max_payload is {bytes} bytes, and")), "{reason}");
        let refused = broker.submit(Job::new(Operation::NodeHostname)).await;
        assert!(matches!(refused, Err(BrokerError::Misconfigured { .. })), "{refused:?}");
    }
}

/// The stream has a limit of its own, below that of the server.
#[tokio::test]
async fn a_result_that_is_larger_than_the_bucket_takes_fails() {
    let Some(server) = servers::nats() else { return };
    let client = async_nats::connect(server.url()).await.expect("connected");
    let small = stream::Config {
        name: "KV_osapi-records".to_owned(),
        subjects: vec!["$KV.osapi-records.>".to_owned()],
        discard: stream::DiscardPolicy::New,
        max_messages_per_subject: 1,
        max_message_size: 40_000,
        allow_rollup: true,
        ..stream::Config::default()
    };
    jetstream::new(client).create_stream(small).await.expect("made before osapi makes its own");
    let broker = connected(&server).await;
    let id = broker.submit().await;
    let output = Output::json(&"long".repeat(10_000)).expect("valid JSON");
    let outcome = Outcome { result: Ok(output), duration: Some(Duration::ZERO) };
    let finished = broker.take("a1").await.lease.finish(outcome);
    timeout(PATIENCE, finished).await.expect("in time").expect("stored");
    let shown = serde_json::to_value(broker.record(id).await).expect("a JSON form");
    assert_eq!(shown["error"]["code"], "result_too_large");
}

#[tokio::test]
async fn a_fleet_knows_the_agents_that_announce_themselves() {
    let Some(server) = servers::nats() else { return };
    let (api, agent) = (connect(&server).await, connect(&server).await);
    let fleet = Fleet::new(HEARTBEAT_INTERVAL);
    let _watching = api.watch_agents(fleet.clone());
    let connected = async |count| {
        let connected = async {
            while fleet.connected() != count {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, connected).await.expect("known within the time");
    };
    let first = agent.announce("first");
    let second = agent.announce("second");
    connected(2).await;
    first.leave(PATIENCE).await;
    connected(1).await;
    assert_eq!(fleet.heartbeat_ages().into_keys().collect::<Vec<_>>(), ["second"]);
    // A drop stops the heartbeats, as when an agent dies.
    drop(second);
    connected(0).await;
}
