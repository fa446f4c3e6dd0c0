//! The records and the queue on the NATS server, read without osapi.

use std::collections::BTreeMap;

use async_nats::jetstream::{
    self, Context,
    consumer::{DeliverPolicy, pull::OrderedConfig},
};
use futures_util::StreamExt;
use osapi::broker::nats::RECORDS_BUCKET;
use osapi_metrics_tests::servers::NatsServer;
use serde_json::Value;

use super::until;

/// The stream of unfinished jobs.
const JOBS: &str = "OSAPI_JOBS";

/// The queue and the records of a server.
pub(crate) struct Store {
    context: Context,
}

/// The states that were written to the record of each job, oldest first: `queued`, `running`,
/// `completed` or `failed`.
pub(crate) type Writes = BTreeMap<String, Vec<String>>;

impl Store {
    /// Connects to the server, and has it keep not only the newest record of each job, but all that
    /// were written.
    pub(crate) async fn open(nats: &NatsServer) -> Self {
        let client = async_nats::connect(nats.url()).await.expect("the server is there");
        let context = jetstream::new(client);
        let stream = context.get_stream(records()).await.expect("osapi has made the bucket");
        let mut config = stream.cached_info().config.clone();
        config.max_messages_per_subject = 64;
        context.update_stream(config).await.expect("the bucket can keep more");
        Self { context }
    }

    /// All states that were written.
    pub(crate) async fn writes(&self) -> Writes {
        let stream = self.context.get_stream(records()).await.expect("the bucket");
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
            // osapi writes another message at intervals, to see whether there is room.
            if id != "probe" {
                writes.entry(id).or_default().push(state(&message.payload));
            }
            if message.info().expect("a position").pending == 0 {
                break;
            }
        }
        writes
    }

    /// Waits until the queue is empty, and checks that each of these jobs ended exactly once in the
    /// records.
    ///
    /// # Panics
    ///
    /// If the queue does not get empty in time, or a job ended never or twice.
    pub(crate) async fn each_ended_once(&self, ids: &[String]) {
        until("the queue is empty", async || {
            let stream = self.context.get_stream(JOBS).await.expect("the queue");
            stream.cached_info().state.messages == 0
        })
        .await;
        self.ended_once(ids).await;
    }

    /// As [`each_ended_once`](Self::each_ended_once), whatever is in the queue: a server that was
    /// killed has not written down all that was removed from it.
    pub(crate) async fn ended_once(&self, ids: &[String]) {
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

/// The stream of the bucket of records.
fn records() -> String {
    format!("KV_{RECORDS_BUCKET}")
}

/// The number of ends that were written.
pub(crate) fn ends(written: &[String]) -> usize {
    written.iter().filter(|state| *state == "completed" || *state == "failed").count()
}

fn state(record: &[u8]) -> String {
    // A record that was removed is empty.
    if record.is_empty() {
        return "removed".to_owned();
    }
    let record: Value = serde_json::from_slice(record).expect("a record in JSON");
    match &record["state"] {
        Value::String(state) => state.clone(),
        Value::Object(state) => state.keys().next().expect("a state").clone(),
        other => panic!("not a state: {other}"),
    }
}
