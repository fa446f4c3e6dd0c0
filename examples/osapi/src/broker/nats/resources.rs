//! The resources of osapi on a NATS server: a work queue, its consumer, and a bucket of records.

use std::time::Duration;

use async_nats::{
    RequestErrorKind,
    jetstream::{
        Context,
        consumer::{self, AckPolicy, PullConsumer, pull},
        kv::Store,
        stream::{self, DiscardPolicy, LastRawMessageErrorKind, RetentionPolicy, Stream},
    },
};
use osapi_metrics_rules::excerpt::Excerpt;
use tracing::warn;

use super::{
    health::ServerHealth, problem::Problem, records::Records, rights::publish_to, room::StoreRoom,
};
use crate::job::JobId;

/// The prefix of the subjects that jobs are published to. The subject of a job ends in its id.
const JOBS_SUBJECT: &str = "osapi.jobs";
/// The subject on which agents announce that a job is over; the payload is the id.
pub(super) const FINISHED_SUBJECT: &str = "osapi.finished";
/// A subject of jobs that is no job's.
pub(super) const QUEUE_PROBE_SUBJECT: &str = "osapi.jobs.probe";
/// A subject of acknowledgements that is no job's.
pub(super) const ACK_PROBE_SUBJECT: &str = "$JS.ACK.OSAPI_JOBS.agents.probe";
/// The subject on which agents ask for a job.
pub(super) const PULL_SUBJECT: &str = "$JS.API.CONSUMER.MSG.NEXT.OSAPI_JOBS.agents";
/// The subject of the heartbeats of agents.
pub(super) const AGENTS_SUBJECT: &str = "osapi.agents";

const JOBS_STREAM: &str = "OSAPI_JOBS";
const CONSUMER: &str = "agents";
/// The bucket with a record for each job. The key is the job's id.
pub const RECORDS_BUCKET: &str = "osapi-records";

/// The most jobs in the queue, running ones included.
pub(super) const QUEUE_LIMIT: u32 = 100_000;
/// How long a record is kept after it was last written.
const RECORD_AGE: Duration = Duration::from_hours(24);
/// A record that somebody else's bucket keeps for less may be gone before its job is over.
const SHORTEST_RECORD_AGE: Duration = Duration::from_hours(1);
/// Fits each job with its longest arguments, and its record without a result.
pub(super) const SMALLEST_MESSAGE_LIMIT: u16 = 32 * 1024;
/// Below it no job is accepted, and not even the queue can be made.
const LEAST_MESSAGE_LIMIT: usize = 2_000;
/// The server delivers a job to another agent after this long without a message from its agent.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(10);
/// Within this time the server drops a second message with the same message id.
const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);
/// How long a request for a job waits on the server before it expires.
pub(super) const REQUEST_AGE: Duration = Duration::from_secs(30);
/// The most requests for a job that may wait at the same time, one for each free worker of each
/// agent.
const MAX_WAITING: i64 = 10_000;
/// A request for jobs that the consumer refuses: it takes no job.
const NO_REQUEST: &[u8] = b"{";

/// Handles to the queue, its consumer and the records. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    pub(super) queue: Stream,
    pub(super) consumer: PullConsumer,
    pub(super) records: Records,
}

impl Resources {
    /// Creates the resources that are missing and leaves the others as they are, except for a
    /// consumer that is ahead of the queue, or that delivers nothing.
    ///
    /// # Errors
    /// The server does not answer, or what is there does not do what osapi needs of it.
    pub(super) async fn prepare(
        context: &Context,
        room: &StoreRoom,
        health: &ServerHealth,
    ) -> Result<Self, Problem> {
        check_message_limit(context.client().max_payload())?;
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
            // The agents limit the attempts, because they store why a job was given up.
            max_deliver: -1,
            max_ack_pending: QUEUE_LIMIT.into(),
            max_waiting: MAX_WAITING,
            ..pull::Config::default()
        };
        let queue = context.get_or_create_stream(queue).await?;
        check_queue(&queue)?;
        let mut agents = queue.get_or_create_consumer(CONSUMER, consumer.clone()).await?;
        check_consumer(&agents.cached_info().config)?;
        // The order of these two requests matters: the queue's last sequence, read second, includes
        // every job delivered before, whatever is submitted and taken in between.
        let delivered = agents.get_info().await?.delivered.stream_sequence;
        let last = queue.get_info().await?.state.last_sequence;
        if delivered > last {
            // The server was killed and has forgotten the latest jobs in the queue, but not that it
            // had delivered them. It would take new jobs with the same sequences for delivered
            // ones.
            queue.delete_consumer(CONSUMER).await?;
            agents = queue.get_or_create_consumer(CONSUMER, consumer).await?;
        } else if !delivers(context, &agents, health).await? {
            warn!("the consumer of the queue delivers no jobs; it is made again");
            queue.delete_consumer(CONSUMER).await?;
            agents = queue.get_or_create_consumer(CONSUMER, consumer).await?;
        }
        let records = Records::new(bucket(context).await?, room.clone());
        Ok(Self { queue, consumer: agents, records })
    }

    /// The sequence in the queue up to which all jobs were acknowledged. A server that was killed
    /// may have some of these jobs in the queue again, because it writes deletions late. It does
    /// not deliver them.
    pub(super) async fn acknowledged(&self) -> Result<u64, async_nats::Error> {
        Ok(self.consumer.get_info().await?.ack_floor.stream_sequence)
    }

    /// Whether a job is in the queue, after the sequence up to which all jobs were acknowledged.
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

/// Whether the consumer sends what it should. A server has one that does not, if a client made it
/// while another one was making the stream (nats-server 2.9): it answers no request, and takes the
/// jobs that it has never sent for delivered ones, until it is made again.
async fn delivers(
    context: &Context,
    consumer: &PullConsumer,
    health: &ServerHealth,
) -> Result<bool, Problem> {
    let (client, right) = (context.client(), publish_to(PULL_SUBJECT));
    let made = consumer.cached_info().created;
    for _ in 0..2 {
        tokio::select! {
            refusal = client.request(PULL_SUBJECT, NO_REQUEST.into()) => {
                if !refusal.is_err_and(|error| error.kind() == RequestErrorKind::TimedOut) {
                    return Ok(true);
                }
            }
            // No request arrives.
            () = health.refused(&right) => return Ok(true),
        }
        // The server answers, and nobody else has made the consumer again meanwhile.
        if consumer.get_info().await?.created != made {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The subject that a job is published to.
pub(super) fn subject(id: JobId) -> String {
    format!("{JOBS_SUBJECT}.{id}")
}

/// The bucket of records, created as a stream with the layout of a bucket (ADR-8 of NATS). The
/// client's own function to create a bucket sends a request that servers before 2.10 do not know.
async fn bucket(context: &Context) -> Result<Store, Problem> {
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
    check_bucket(&context.get_or_create_stream(config).await?)?;
    Ok(context.get_key_value(RECORDS_BUCKET).await?)
}

fn check_message_limit(bytes: usize) -> Result<(), Problem> {
    if bytes >= LEAST_MESSAGE_LIMIT {
        return Ok(());
    }
    Err(Problem::misconfigured(format!(
        "its max_payload is {bytes} bytes, and osapi needs {LEAST_MESSAGE_LIMIT} at least; set \
         {SMALLEST_MESSAGE_LIMIT} or more, with which every job fits"
    )))
}

/// Checks the queue: it has each job until that is acknowledged.
fn check_queue(queue: &Stream) -> Result<(), Problem> {
    check_stream(queue, &format!("{JOBS_SUBJECT}.*"))?;
    let config = &queue.cached_info().config;
    let problem = if config.retention != RetentionPolicy::WorkQueue {
        "is no work queue"
    } else if is_shorter(config.max_age, RECORD_AGE) {
        "drops jobs while there are records of them"
    } else {
        return Ok(());
    };
    Err(unfit(JOBS_STREAM, problem))
}

/// Checks the bucket: it has the latest record of each job, whatever the number of jobs.
fn check_bucket(bucket: &Stream) -> Result<(), Problem> {
    check_stream(bucket, &format!("$KV.{RECORDS_BUCKET}.*"))?;
    let config = &bucket.cached_info().config;
    let problem = if config.retention != RetentionPolicy::Limits {
        "drops records before they are old"
    } else if is_shorter(config.max_age, SHORTEST_RECORD_AGE) {
        "drops records within an hour"
    } else if config.max_messages > 0 {
        "limits the number of records, and not their bytes"
    } else if config.max_messages_per_subject < 1 || config.discard_new_per_subject {
        "does not replace a record by a newer one"
    } else if !config.allow_rollup {
        "does not allow roll-ups, by which records are removed"
    } else {
        return Ok(());
    };
    Err(unfit(&config.name, problem))
}

/// Checks a stream that somebody else may have made: it takes all messages of these subjects, and
/// neither loses nor hides any.
fn check_stream(stream: &Stream, subjects: &str) -> Result<(), Problem> {
    let config = &stream.cached_info().config;
    let size = config.max_message_size;
    let problem = if config.mirror.is_some() {
        "is a mirror".to_owned()
    } else if !config.subjects.iter().any(|pattern| covers(pattern, subjects)) {
        let taken = config.subjects.join(", ");
        format!("does not take the subjects `{subjects}`, but `{}`", Excerpt::of(&taken))
    } else if config.sealed {
        "is sealed".to_owned()
    } else if config.no_ack {
        "acknowledges no message".to_owned()
    } else if (1..i32::from(SMALLEST_MESSAGE_LIMIT)).contains(&size) {
        format!("takes no message of more than {size} bytes, but {SMALLEST_MESSAGE_LIMIT} may come")
    } else if config.discard == DiscardPolicy::Old
        && (config.max_messages > 0 || config.max_bytes > 0)
    {
        "discards old messages when it is full".to_owned()
    } else {
        return Ok(());
    };
    Err(unfit(&config.name, &problem))
}

/// Whether something is kept for less than this. An age of 0 is none.
fn is_shorter(age: Duration, than: Duration) -> bool {
    !age.is_zero() && age < than
}

/// Checks the consumer of the queue: it delivers each job, as often and as whole as agents expect.
fn check_consumer(config: &consumer::Config) -> Result<(), Problem> {
    let subjects = format!("{JOBS_SUBJECT}.*");
    let filter = &config.filter_subject;
    let problem = if config.deliver_subject.is_some() {
        "pushes the jobs"
    } else if config.ack_policy != AckPolicy::Explicit {
        "does not wait for acknowledgements"
    } else if config.max_deliver > 0 {
        "delivers a job only a few times"
    } else if !filter.is_empty() && !covers(filter, &subjects) {
        "delivers only some of the jobs"
    } else if config.headers_only {
        "delivers jobs without their contents"
    } else if config.ack_wait < ACK_WAIT || config.backoff.iter().any(|wait| *wait < ACK_WAIT) {
        "delivers a job again before its agent reports that it runs"
    } else if is_shorter(config.max_expires, REQUEST_AGE) {
        "refuses the requests of agents, which wait for 30 s"
    } else {
        return Ok(());
    };
    Err(unfit(&format!("{JOBS_STREAM} > {CONSUMER}"), problem))
}

fn unfit(name: &str, problem: &str) -> Problem {
    Problem::misconfigured(format!(
        "`{name}` {problem}; change it, or delete it and osapi makes its own"
    ))
}

/// Whether a pattern of subjects covers all subjects of another one.
fn covers(pattern: &str, subjects: &str) -> bool {
    let mut tokens = subjects.split('.');
    for expected in pattern.split('.') {
        match tokens.next() {
            Some(_) if expected == ">" => return true,
            Some(token) if expected == token || (expected == "*" && token != ">") => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_what_it_matches() {
        for pattern in ["osapi.jobs.*", "osapi.jobs.>", "osapi.>", "*.jobs.*", ">"] {
            assert!(covers(pattern, "osapi.jobs.*"), "{pattern}");
        }
        for pattern in
            ["osapi.jobs", "osapi.jobs.one", "osapi.jobs.*.*", "osapi.jobs.*.>", "jobs.>"]
        {
            assert!(!covers(pattern, "osapi.jobs.*"), "{pattern}");
        }
    }
}
