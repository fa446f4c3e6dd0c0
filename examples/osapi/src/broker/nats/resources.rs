//! What osapi keeps on a NATS server: a work queue, its consumer, and a bucket of records.

use std::time::Duration;

use async_nats::jetstream::{
    Context,
    consumer::{AckPolicy, PullConsumer, pull},
    kv::Store,
    stream::{self, DiscardPolicy, LastRawMessageErrorKind, RetentionPolicy, Stream},
};

use super::records::Records;
use crate::job::JobId;

/// The subjects that jobs are published to, each to one that ends in its id.
const JOBS_SUBJECT: &str = "osapi.jobs";
/// The subject on which agents say that a job is over; its payload is the id.
pub(super) const FINISHED_SUBJECT: &str = "osapi.finished";
/// The subject on which agents say that they are there, or leave.
pub(super) const AGENTS_SUBJECT: &str = "osapi.agents";

const JOBS_STREAM: &str = "OSAPI_JOBS";
const CONSUMER: &str = "agents";
/// The bucket with a record for each job, whose key is the job's id.
pub const RECORDS_BUCKET: &str = "osapi-records";

/// The most jobs in the queue, running ones included.
pub(super) const QUEUE_LIMIT: u32 = 100_000;
/// How long a record is kept after it was last written.
const RECORD_AGE: Duration = Duration::from_hours(24);
/// A job whose agent has not been heard of for this long is delivered to another.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(10);
/// The server drops a second message of one job within this time.
const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);
/// Requests for a job that may wait at the same time: the free places of all agents.
const MAX_WAITING: i64 = 10_000;

/// Handles to all of it. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    pub(super) queue: Stream,
    pub(super) consumer: PullConsumer,
    pub(super) records: Records,
}

impl Resources {
    /// Makes what is not there yet, and leaves what is as it is, but for a consumer that is ahead of
    /// the queue.
    pub(super) async fn prepare(context: &Context) -> Result<Self, async_nats::Error> {
        let queue = stream::Config {
            name: JOBS_STREAM.to_owned(),
            description: Some("Jobs of osapi that are not finished".to_owned()),
            subjects: vec![format!("{JOBS_SUBJECT}.*")],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_messages: QUEUE_LIMIT.into(),
            duplicate_window: DUPLICATE_WINDOW,
            ..stream::Config::default()
        };
        let consumer = pull::Config {
            durable_name: Some(CONSUMER.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            // How often a job is delivered is the agents' affair: they store why it was given up.
            max_deliver: -1,
            max_ack_pending: QUEUE_LIMIT.into(),
            max_waiting: MAX_WAITING,
            ..pull::Config::default()
        };
        let queue = context.get_or_create_stream(queue).await?;
        let mut agents = queue.get_or_create_consumer(CONSUMER, consumer.clone()).await?;
        // Asked in this order: what was delivered before is in the queue's count by now, whatever
        // others submit and take in between.
        let delivered = agents.get_info().await?.delivered.stream_sequence;
        let last = queue.get_info().await?.state.last_sequence;
        if delivered > last {
            // The server was killed and has forgotten the latest places in the queue, but not that it
            // had delivered them: it would take the next jobs for those.
            queue.delete_consumer(CONSUMER).await?;
            agents = queue.get_or_create_consumer(CONSUMER, consumer).await?;
        }
        let records = Records::new(bucket(context).await?);
        Ok(Self { queue, consumer: agents, records })
    }

    /// The place in the queue up to which all jobs were acknowledged. A server that was killed may have
    /// some of them in the queue again, as it writes deletions late. It does not deliver them.
    pub(super) async fn acknowledged(&self) -> Result<u64, async_nats::Error> {
        Ok(self.consumer.get_info().await?.ack_floor.stream_sequence)
    }

    /// Whether a job has a place in the queue beyond the one up to which all were acknowledged.
    pub(super) async fn is_queued(
        &self,
        id: JobId,
        acknowledged: u64,
    ) -> Result<bool, async_nats::Error> {
        match self.queue.get_last_raw_message_by_subject(&subject(id)).await {
            Ok(message) => Ok(message.sequence > acknowledged),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Where a job is published.
pub(super) fn subject(id: JobId) -> String {
    format!("{JOBS_SUBJECT}.{id}")
}

/// The bucket, as a stream of the layout that NATS gives to buckets (its ADR-8). The client's own way
/// to make one asks the server about the account in words that servers before 2.10 do not know.
async fn bucket(context: &Context) -> Result<Store, async_nats::Error> {
    let config = stream::Config {
        name: format!("KV_{RECORDS_BUCKET}"),
        description: Some("Records of the jobs of osapi".to_owned()),
        subjects: vec![format!("$KV.{RECORDS_BUCKET}.>")],
        max_messages_per_subject: 1,
        max_age: RECORD_AGE,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        allow_direct: true,
        deny_delete: true,
        duplicate_window: DUPLICATE_WINDOW,
        ..stream::Config::default()
    };
    context.get_or_create_stream(config).await?;
    Ok(context.get_key_value(RECORDS_BUCKET).await?)
}
