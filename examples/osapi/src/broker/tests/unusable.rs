//! NATS servers that osapi cannot use: what `ready` says of each, and that it is mended.

use std::{fmt::Write as _, fs, path::PathBuf};

use async_nats::{
    Client,
    jetstream::{self, consumer::pull, stream},
};
use osapi_metrics_tests::servers::NatsServer;
use tempfile::TempDir;
use tokio_util::task::AbortOnDropHandle;

use super::{
    nats::{connect, ready},
    *,
};
use crate::{
    broker::nats::{HEARTBEAT_INTERVAL, NatsBroker},
    fleet::Fleet,
};

/// A configuration file of a server.
struct Config {
    path: PathBuf,
    _folder: TempDir,
}

impl Config {
    fn new(text: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let config = Self { path: folder.path().join("nats.conf"), _folder: folder };
        config.write(text);
        config
    }

    fn write(&self, text: &str) {
        fs::write(&self.path, text).expect("written");
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("UTF-8")
    }
}

/// A right that osapi needs.
struct Right {
    is_of_api: bool,
    /// `publish` or `subscribe`.
    verb: &'static str,
    /// The subjects that are denied.
    denied: &'static str,
    /// The right in the reason.
    named: &'static str,
}

const fn api(verb: &'static str, denied: &'static str, named: &'static str) -> Right {
    Right { is_of_api: true, verb, denied, named }
}

const fn agent(verb: &'static str, denied: &'static str, named: &'static str) -> Right {
    Right { is_of_api: false, verb, denied, named }
}

const RIGHTS: [Right; 11] = [
    api("publish", "$KV.osapi-records.>", "publish to `$KV.osapi-records.*`"),
    api("publish", "osapi.jobs.>", "publish to `osapi.jobs.*`"),
    api("publish", "$JS.API.>", "publish to `$JS.API.STREAM.INFO.OSAPI_JOBS`"),
    api("subscribe", "osapi.agents", "subscribe to `osapi.agents`"),
    api("subscribe", "osapi.finished", "subscribe to `osapi.finished`"),
    api("subscribe", "_INBOX.>", "subscribe to `_INBOX.>`"),
    agent("publish", "$KV.osapi-records.>", "publish to `$KV.osapi-records.*`"),
    agent("publish", "osapi.agents", "publish to `osapi.agents`"),
    agent("publish", "osapi.finished", "publish to `osapi.finished`"),
    agent("publish", "$JS.ACK.>", "publish to `$JS.ACK.>`"),
    agent(
        "publish",
        "$JS.API.CONSUMER.MSG.NEXT.>",
        "publish to `$JS.API.CONSUMER.MSG.NEXT.OSAPI_JOBS.agents`",
    ),
];

/// A user `all`, and a user of each right, who lacks it or has all rights too.
fn users(lack: bool) -> String {
    let mut users = "{ user: all, password: p }".to_owned();
    for (number, right) in RIGHTS.iter().enumerate() {
        let Right { verb, denied, .. } = right;
        let denied = if lack { *denied } else { "nothing" };
        let permissions = format!(r#"{{ {verb}: {{ deny: ["{denied}"] }} }}"#);
        let user = format!("user: u{number}, password: p, permissions: {permissions}");
        write!(users, ", {{ {user} }}").expect("a string");
    }
    format!("authorization {{ users: [ {users} ] }}")
}

async fn connect_as(server: &NatsServer, credentials: &str) -> NatsBroker {
    let url = format!("nats://{credentials}@{}", server.address());
    NatsBroker::connect(url.parse().expect("a URL"), "test").await.expect("one server")
}

/// Waits until `ready` fails with an error that `is_it` accepts.
async fn refused(broker: &NatsBroker, is_it: impl Fn(&BrokerError) -> bool) -> BrokerError {
    let mut latest = None;
    let refused = async {
        loop {
            match broker.ready() {
                Err(error) if is_it(&error) => return error,
                other => latest = Some(other),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let refused = timeout(PATIENCE, refused).await;
    refused.unwrap_or_else(|_| panic!("not refused in time: {latest:?}"))
}

async fn misconfigured(broker: &NatsBroker, reason: &str) {
    let is_it = |error: &BrokerError| matches!(error, BrokerError::Misconfigured { .. });
    let error = refused(broker, is_it).await.to_string();
    assert!(error.contains(reason), "{error}");
    let refused = broker.submit(Job::new(Operation::NodeHostname)).await;
    assert!(matches!(refused, Err(BrokerError::Misconfigured { .. })), "{refused:?}");
}

async fn refuses(broker: &NatsBroker, reason: &str) {
    let is_it = |error: &BrokerError| {
        matches!(error, BrokerError::Refuses { .. }) && error.to_string().contains(reason)
    };
    refused(broker, is_it).await;
    let refused = broker.submit(Job::new(Operation::NodeHostname)).await;
    assert!(matches!(refused, Err(BrokerError::Refuses { .. })), "{refused:?}");
}

async fn client(server: &NatsServer) -> Client {
    async_nats::connect(server.url()).await.expect("connected")
}

fn queue() -> stream::Config {
    stream::Config {
        name: "OSAPI_JOBS".to_owned(),
        subjects: vec!["osapi.jobs.*".to_owned()],
        retention: stream::RetentionPolicy::WorkQueue,
        ..stream::Config::default()
    }
}

fn bucket() -> stream::Config {
    stream::Config {
        name: "KV_osapi-records".to_owned(),
        subjects: vec!["$KV.osapi-records.>".to_owned()],
        discard: stream::DiscardPolicy::New,
        max_messages_per_subject: 1,
        allow_rollup: true,
        ..stream::Config::default()
    }
}

fn consumer() -> pull::Config {
    pull::Config { durable_name: Some("agents".to_owned()), ..pull::Config::default() }
}

#[tokio::test]
async fn a_server_without_jetstream_is_named() {
    let Some(server) = servers::nats_with(&["--jetstream=false"]) else { return };
    misconfigured(&connect(&server).await, "JetStream is switched off").await;
}

#[tokio::test]
async fn an_account_without_jetstream_is_named() {
    let config =
        Config::new("accounts { A { users: [{user: u, password: p}] }, J { jetstream: enabled } }");
    let Some(server) = servers::nats_with(&["--config", config.path()]) else { return };
    misconfigured(&connect_as(&server, "u:p").await, "ot enabled").await;
}

#[tokio::test]
async fn a_stream_or_consumer_that_does_not_do_what_is_needed_is_named_until_it_is_gone() {
    let Some(server) = servers::nats() else { return };
    let context = jetstream::new(client(&server).await);
    let broker = connect(&server).await;
    ready(&broker).await;
    let named = |name: &str, subject: &str| stream::Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        ..queue()
    };
    let table = [
        (named("OSAPI_JOBS", "other.*"), "`OSAPI_JOBS` does not take the subjects `osapi.jobs.*`"),
        (named("OSAPI_JOBS", "osapi.jobs.one"), "but `osapi.jobs.one`"),
        (
            stream::Config { retention: stream::RetentionPolicy::Limits, ..queue() },
            "`OSAPI_JOBS` is no work queue",
        ),
        (stream::Config { max_messages: 5, ..queue() }, "discards old messages"),
        (stream::Config { no_ack: true, ..queue() }, "acknowledges no message"),
        (
            stream::Config { max_message_size: 1_000, ..queue() },
            "takes no message of more than 1000 bytes, but 32768 may come",
        ),
        (
            stream::Config {
                max_age: Duration::from_hours(23),
                duplicate_window: Duration::from_mins(1),
                ..queue()
            },
            "drops jobs while there are records of them",
        ),
        (named("SOMEBODY", "osapi.>"), "overlap"),
        (named("KV_osapi-records", "other.*"), "`KV_osapi-records` does not take the subjects"),
        (
            stream::Config { max_message_size: 50, ..bucket() },
            "`KV_osapi-records` takes no message of more than 50 bytes",
        ),
        (
            stream::Config { retention: stream::RetentionPolicy::Interest, ..bucket() },
            "drops records before they are old",
        ),
        (
            stream::Config {
                max_age: Duration::from_mins(59),
                duplicate_window: Duration::from_mins(1),
                ..bucket()
            },
            "drops records within an hour",
        ),
        (stream::Config { max_messages: 1_000, ..bucket() }, "limits the number of records"),
        (
            stream::Config { max_messages_per_subject: -1, ..bucket() },
            "does not replace a record by a newer one",
        ),
        (
            stream::Config { discard_new_per_subject: true, ..bucket() },
            "does not replace a record by a newer one",
        ),
        (stream::Config { allow_rollup: false, ..bucket() }, "does not allow roll-ups"),
    ];
    for (config, reason) in table {
        for own in ["OSAPI_JOBS", "KV_osapi-records"] {
            // Absent where the last case has kept osapi from making it.
            let _ = context.delete_stream(own).await;
        }
        let name = config.name.clone();
        context.create_stream(config).await.expect("made before osapi makes its own");
        let broker = connect(&server).await;
        misconfigured(&broker, reason).await;
        context.delete_stream(name).await.expect("deleted");
        ready(&broker).await;
    }

    context.delete_stream("OSAPI_JOBS").await.expect("deleted");
    let stream = context.create_stream(queue()).await.expect("made");
    let table = [
        (pull::Config { max_deliver: 1, ..consumer() }, "delivers a job only a few times"),
        (pull::Config { headers_only: true, ..consumer() }, "delivers jobs without their contents"),
        (
            pull::Config { ack_wait: Duration::from_secs(9), ..consumer() },
            "delivers a job again before its agent reports that it runs",
        ),
        (
            pull::Config { max_expires: Duration::from_secs(1), ..consumer() },
            "refuses the requests of agents",
        ),
    ];
    for (config, reason) in table {
        // Absent where the last case has kept osapi from making it.
        let _ = stream.delete_consumer("agents").await;
        stream.create_consumer(config).await.expect("made");
        let broker = connect(&server).await;
        misconfigured(&broker, reason).await;
        stream.delete_consumer("agents").await.expect("deleted");
        ready(&broker).await;
    }
}

/// The server that osapi uses is changed, and nobody submits a job.
#[tokio::test]
async fn a_queue_that_is_changed_later_is_noticed() {
    let Some(server) = servers::nats() else { return };
    let context = jetstream::new(client(&server).await);
    let broker = connect(&server).await;
    ready(&broker).await;
    broker.maintain_queue();
    let stream = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let mut config = stream.cached_info().config.clone();
    config.subjects = vec!["other.*".to_owned()];
    context.update_stream(config).await.expect("changed");
    misconfigured(&broker, "does not take the subjects").await;
    context.delete_stream("OSAPI_JOBS").await.expect("deleted");
    ready(&broker).await;

    // An agent would wait for jobs for ever.
    let stream = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    stream.delete_consumer("agents").await.expect("deleted");
    let consumer = pull::Config {
        durable_name: Some("agents".to_owned()),
        filter_subject: "osapi.jobs.nobody".to_owned(),
        ..pull::Config::default()
    };
    stream.create_consumer(consumer).await.expect("made");
    misconfigured(&broker, "delivers only some of the jobs").await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_away() {
    let Some(server) = servers::nats_with(&["--user", "u", "--pass", "p"]) else { return };
    refuses(&connect_as(&server, "u:wrong").await, "authorization violation").await;
}

/// Each right is refused to a user of its own. The first process of osapi makes the queue.
#[tokio::test]
async fn a_right_that_is_refused_is_named_until_it_is_granted() {
    let config = Config::new(&users(true));
    let Some(mut server) = servers::nats_with(&["--config", config.path()]) else { return };
    ready(&connect_as(&server, "all:p").await).await;
    let mut brokers = Vec::new();
    for (number, right) in RIGHTS.iter().enumerate() {
        let broker = connect_as(&server, &format!("u{number}:p")).await;
        let (mut watching, mut heartbeats, mut taking) = (None, None, None);
        if right.is_of_api {
            broker.maintain_queue();
            watching = Some(broker.watch_agents(Fleet::new(HEARTBEAT_INTERVAL)));
        } else {
            heartbeats = Some(broker.announce("a1"));
            let agent = broker.clone();
            let next = tokio::spawn(async move { agent.next("a1").await });
            taking = Some(AbortOnDropHandle::new(next));
        }
        brokers.push((broker, right, (watching, heartbeats, taking)));
    }
    for (broker, right, _) in &brokers {
        refuses(broker, right.named).await;
    }
    config.write(&users(false));
    server.stop();
    server.start_again();
    for (broker, _, _) in &brokers {
        ready(broker).await;
    }
}
