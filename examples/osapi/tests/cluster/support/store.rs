//! What osapi has written to NATS, read past osapi.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{DeliverPolicy, pull::OrderedConfig};
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt;
use osapi_metrics_tests::servers::NatsServer;
use serde_json::Value;
use tokio::time::interval;

use super::PATIENCE;

/// The stream below the bucket of records.
const RECORDS: &str = "KV_osapi-records";
/// The stream of jobs that are not finished.
const JOBS: &str = "OSAPI_JOBS";
/// What hands them to the agents.
const CONSUMER: &str = "agents";

/// The queue and the records of a server.
pub(crate) struct Store {
    context: Context,
}

/// What was written to the record of each job, oldest first: `queued`, `running`, `completed` or `failed`.
pub(crate) type Writes = BTreeMap<String, Vec<String>>;

impl Store {
    /// Connects to the server, and has it keep not only the newest record of each job, but all that were written.
    pub(crate) async fn open(nats: &NatsServer) -> Self {
        let client = async_nats::connect(nats.url()).await.expect("the server is there");
        let context = jetstream::new(client);
        let stream = context.get_stream(RECORDS).await.expect("osapi has made the bucket");
        let mut config = stream.cached_info().config.clone();
        config.max_messages_per_subject = 64;
        context.update_stream(config).await.expect("the bucket can keep more");
        Self { context }
    }

    /// Everything that was written.
    pub(crate) async fn writes(&self) -> Writes {
        let stream = self.context.get_stream(RECORDS).await.expect("the bucket");
        let mut writes = Writes::new();
        if stream.cached_info().state.messages == 0 {
            return writes;
        }
        let all = OrderedConfig { deliver_policy: DeliverPolicy::All, ..OrderedConfig::default() };
        let consumer = stream.create_consumer(all).await.expect("a reader");
        let mut messages = consumer.messages().await.expect("its messages");
        while let Some(message) = messages.next().await {
            let message = message.expect("a record");
            let id = message.subject.rsplit('.').next().expect("a subject").to_owned();
            writes.entry(id).or_default().push(state(&message.payload));
            if message.info().expect("a position").pending == 0 {
                break;
            }
        }
        writes
    }

    /// Waits until no job waits for an agent or is in the hands of one.
    ///
    /// # Panics
    ///
    /// If that does not happen in time.
    pub(crate) async fn drained(&self) {
        let end = Instant::now() + PATIENCE;
        let mut poll = interval(Duration::from_millis(50));
        loop {
            poll.tick().await;
            let stream = self.context.get_stream(JOBS).await.expect("the queue");
            let agents = stream.consumer_info(CONSUMER).await.expect("the agents' consumer");
            // A killed server has not written down all that was removed. What comes back with it is
            // not delivered again, so the messages in the stream say less.
            if agents.num_pending == 0 && agents.num_ack_pending == 0 {
                return;
            }
            assert!(Instant::now() < end, "jobs are still in the queue: {agents:#?}");
        }
    }

    /// Checks that all is done in the end, and that each of these jobs ended exactly once in the records.
    ///
    /// # Panics
    ///
    /// If not.
    pub(crate) async fn each_ended_once(&self, ids: &[String]) {
        self.drained().await;
        let writes = self.writes().await;
        for id in ids {
            let written = writes.get(id).unwrap_or_else(|| panic!("{id} was accepted and is lost"));
            assert_eq!(ends(written), 1, "{id}: {written:?}");
        }
        for (id, written) in &writes {
            assert!(ends(written) <= 1, "{id}: {written:?}");
        }
    }
}

/// How often an end was written.
pub(crate) fn ends(written: &[String]) -> usize {
    written.iter().filter(|state| *state == "completed" || *state == "failed").count()
}

fn state(record: &[u8]) -> String {
    // A record that was taken back is empty.
    if record.is_empty() {
        return "removed".to_owned();
    }
    let record: Value = serde_json::from_slice(record).expect("a record in JSON");
    match &record["state"] {
        Value::String(state) => state.clone(),
        Value::Object(state) => state.keys().next().expect("a state").clone(),
        other => panic!("no state: {other}"),
    }
}
