//! Keys on a Redis server that something else has written: what cannot be read holds nobody up.

use std::time::Duration;

use futures_util::future::join_all;
use osapi_metrics_tests::{logs, servers::redis};

use super::support::*;
use crate::{
    job::{FailureReason, JobId, JobRequest, JobState},
    queue::{Queue, QueueOptions, QueueStats, Settled, Sweep, redis::RedisQueue},
};

const PREFIX: &str = "{job-queue}:";

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn job_key(id: JobId) -> String {
    key(&format!("job:{id}"))
}

async fn submitted(queue: &RedisQueue) -> JobId {
    queue.submit(request()).await.expect("the server is there")
}

/// The job that a worker gets now.
async fn claimed(queue: &RedisQueue) -> Option<JobId> {
    let claim = queue.claim(&worker("w1"), Duration::ZERO).await;
    claim.expect("the server is there").map(|claim| claim.record.id)
}

async fn swept(queue: &RedisQueue) -> Sweep {
    queue.sweep().await.expect("the server is there")
}

async fn levels(queue: &RedisQueue) -> (u64, u64) {
    let QueueStats { queued, running, .. } = queue.stats().await.expect("the server is there");
    (queued, running)
}

/// What something else does to the record of a job.
#[derive(Debug)]
enum Damage {
    /// Another type: a command with a value.
    Type(&'static [&'static str]),
    Missing(&'static str),
    Value(&'static str, &'static [u8]),
}

impl Damage {
    async fn inflict(&self, url: &str, key: &str) {
        match self {
            Self::Type([command, values @ ..]) => {
                ask::<()>(url, &["DEL", key]).await;
                ask::<()>(url, &[&[command, key], values].concat()).await;
            }
            Self::Type([]) => unreachable!("a command"),
            Self::Missing(field) => ask::<()>(url, &["HDEL", key, field]).await,
            Self::Value(field, value) => {
                ask::<()>(url, &[b"HSET", key.as_bytes(), field.as_bytes(), *value]).await;
            }
        }
    }
}

/// Work without an end.
const ENDLESS: &[u8] = br#"{"service": "compress", "payload": {"bytes": 18446744073709551615},
    "priority": "low", "requirements": {}, "timeout": {"secs": 1, "nanos": 0}, "retries": 0,
    "user": null}"#;

/// A time-out that is none.
const PATIENT: &[u8] = br#"{"service": "compress", "payload": {"bytes": 1},
    "priority": "low", "requirements": {}, "retries": 0, "user": null,
    "timeout": {"secs": 18446744073709551615, "nanos": 0}}"#;

/// A summary that a reader of JSON could take for the text in it.
const RESERVED: &[u8] = br#"{"bytes": 1, "billable_operations": 1,
    "summary": {"$serde_json::private::RawValue": "[[["}}"#;

/// Each with the reason that is reported. The first claim of a job sets the other fields.
const DAMAGES: &[(Damage, &str)] = &[
    (Damage::Type(&["SET", "text"]), "it is a string, not a hash"),
    (Damage::Type(&["RPUSH", "one", "two"]), "it is a list, not a hash"),
    (Damage::Type(&["HSET", "other", "field"]), "field `state`: it is missing"),
    (Damage::Missing("state"), "field `state`: it is missing"),
    (Damage::Missing("rank"), "field `rank`: it is missing"),
    (Damage::Missing("class"), "field `class`: it is missing"),
    (Damage::Missing("service"), "field `service`: it is missing"),
    (Damage::Missing("created"), "field `created`: it is missing"),
    (Damage::Missing("claim"), "field `claim`: it is missing"),
    (Damage::Missing("attempts"), "field `attempts`: it is missing"),
    (Damage::Missing("request"), "field `request`: it is missing"),
    (Damage::Value("state", b"gone"), "field `state`: it is not a state"),
    (Damage::Value("state", b"\xff"), "field `state`: it is not a state"),
    (Damage::Value("rank", b"first"), "field `rank`: it is not a whole number"),
    (Damage::Value("rank", b"1e308"), "field `rank`: it is not a whole number"),
    (Damage::Value("created", b"-1"), "field `created`: it is not a whole number"),
    (Damage::Value("claim", b"99999999999999999999"), "field `claim`: it is not a whole number"),
    (Damage::Value("attempts", b"nan"), "field `attempts`: it is not a whole number"),
    (Damage::Value("attempts", b"4294967295"), "field `attempts`: number too large"),
    (Damage::Value("retries", b"\xff"), "field `retries`: it is not a whole number"),
    (Damage::Value("settled", b"\xff"), "field `settled`: it is not an answer"),
    (Damage::Value("service", b"\xff"), "field `service`: it is not a name"),
    (Damage::Value("class", b"simulation"), "field `class`: it is not a class"),
    (Damage::Value("class", b"hash {}"), "field `class`: the job waits in another class"),
    (Damage::Value("request", b"garbage"), "field `request`: expected value"),
    (Damage::Value("request", b"\xff"), "field `request`: it is not UTF-8"),
    (Damage::Value("request", b"{\"service\": \"sort\"}"), "field `request`: missing field"),
    (
        Damage::Value("request", ENDLESS),
        "field `request`: `bytes` is 18446744073709551615; allowed",
    ),
    (Damage::Value("request", PATIENT), "field `request`: `timeout` is 584542046090years"),
    (Damage::Value("failure", b"\xff"), "field `failure`: it is not UTF-8"),
    (Damage::Value("output", b"[1]"), "field `output`: "),
    (
        Damage::Value("output", RESERVED),
        "field `output`: the key `$serde_json::private::RawValue` is reserved",
    ),
];

#[tokio::test]
async fn a_job_that_cannot_be_read_is_put_aside_and_holds_nobody_up() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    for (number, (damage, expected)) in (1..).zip(DAMAGES) {
        let (broken, whole) = (submitted(&queue).await, submitted(&queue).await);
        damage.inflict(&server.url(), &job_key(broken)).await;
        assert_eq!(claimed(&queue).await, Some(whole), "{damage:?}");
        assert_eq!(levels(&queue).await, (0, number), "{damage:?}");
        // What a client sees of it: why, and not that it waits.
        match queue.record(broken).await {
            Ok(record) => {
                let record = record.expect("its record is kept");
                assert_eq!(record.state, JobState::Failed, "{damage:?}");
                let message = record.failure.expect("a failure").message;
                assert!(message.contains(expected), "{damage:?}: {message}");
            }
            Err(error) => {
                assert_eq!(error.code(), "foreign_record", "{damage:?}: {error}");
                let begin = format!("the record of job {broken} cannot be read: ");
                assert!(error.to_string().starts_with(&begin), "{error}");
            }
        }
        let report: Vec<String> =
            ask(&server.url(), &["LRANGE", &key("unreadable"), "0", "-1"]).await;
        assert!(report[0].starts_with(&format!("job {broken}: {expected}")), "{report:?}");
        // It is counted and logged once.
        assert_eq!([swept(&queue).await.unreadable, swept(&queue).await.unreadable], [1, 0]);
    }
}

#[tokio::test]
async fn a_record_that_is_gone_is_reported_and_forgotten() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    let (gone, held, whole) =
        (submitted(&queue).await, submitted(&queue).await, submitted(&queue).await);
    ask::<()>(&server.url(), &["DEL", &job_key(gone)]).await;
    assert_eq!(claimed(&queue).await, Some(held));
    ask::<()>(&server.url(), &["DEL", &job_key(held)]).await;
    queue.heartbeat(&worker("w1"), &[]).await.expect("the server is there");
    assert_eq!(levels(&queue).await, (1, 0));
    assert_eq!(claimed(&queue).await, Some(whole));
    assert_eq!(queue.record(gone).await, Ok(None));
    let report: Vec<String> = ask(&server.url(), &["LRANGE", &key("unreadable"), "0", "-1"]).await;
    assert_eq!(report, [gone, held].map(|id| format!("job {id}: its record is gone")));
    assert_eq!([swept(&queue).await.unreadable, swept(&queue).await.unreadable], [2, 0]);
}

/// The worker drops what it can no longer store, and is free for other jobs.
#[tokio::test]
async fn a_job_that_cannot_be_read_any_more_is_taken_from_its_worker() {
    let Some(server) = redis() else { return };
    for expiry in [PATIENCE * 60, SOON] {
        let queue =
            connect(&server.url(), QueueOptions { worker_expiry: expiry, ..patient() }).await;
        let id = submitted(&queue).await;
        let claim = queue.claim(&worker("w1"), PATIENCE).await.expect("the server is there");
        let lease = claim.expect("a job").lease;
        Damage::Type(&["SET", "text"]).inflict(&server.url(), &job_key(id)).await;
        assert_eq!(queue.begin(&lease).await, Ok(false));
        if expiry > PATIENCE {
            let heard = queue.heartbeat(&worker("w1"), std::slice::from_ref(&lease)).await;
            assert_eq!(heard.expect("the server is there").lost, [id]);
        }
        let mut unreadable = 0;
        let swept = async {
            while unreadable == 0 {
                let sweep = swept(&queue).await;
                assert_eq!((sweep.recovered, sweep.failed), (0, 0));
                unreadable += sweep.unreadable;
                tokio::task::yield_now().await;
            }
        };
        patiently(swept).await;
        assert_eq!((unreadable, levels(&queue).await), (1, (0, 0)));
        let error = queue.cancel(id).await.expect_err("no record");
        assert_eq!(error.code(), "foreign_record", "{error}");
        assert!(error.to_string().contains("it is a string, not a hash"), "{error}");
        queue.leave("w1").await.expect("the server is there");
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_neither_tried_again_nor_unworkable() {
    let Some(server) = redis() else { return };
    let options = QueueOptions { retry_delay: SOON, unworkable_after: SOON, ..patient() };
    let queue = connect(&server.url(), options).await;
    let retried = JobRequest { retries: 1, ..request() };
    let delayed = queue.submit(retried).await.expect("the server is there");
    let claim = queue.claim(&worker("w1"), PATIENCE).await.expect("the server is there");
    let end = failure(FailureReason::Other);
    queue.finish(&claim.expect("a job").lease, end).await.expect("the server is there");
    let waits = requiring(r#"{"gpus": 1}"#);
    let broken = queue.submit(waits.clone()).await.expect("the server is there");
    let whole = queue.submit(waits).await.expect("the server is there");
    for id in [delayed, broken] {
        Damage::Type(&["SET", "text"]).inflict(&server.url(), &job_key(id)).await;
    }
    let mut total = Sweep::default();
    let swept = async {
        while total.unreadable < 2 || total.unworkable < 1 {
            let sweep = swept(&queue).await;
            total.unreadable += sweep.unreadable;
            total.unworkable += sweep.unworkable;
            tokio::task::yield_now().await;
        }
    };
    patiently(swept).await;
    let record = queue.record(whole).await.expect("the server is there").expect("known");
    assert_eq!(record.state, JobState::Unworkable);
    assert_eq!(levels(&queue).await, (0, 0));
}

/// A key of one class, profile or worker.
#[tokio::test]
async fn a_key_of_another_type_gets_another_name_and_holds_nobody_up() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let queue = bounded(&url).await;
    submitted(&queue).await;
    assert!(claimed(&queue).await.is_some());
    let heads = ask::<Vec<String>>(&url, &["HKEYS", &key("profiles")]).await.remove(0);
    let names = ["queue:simulation {}", &format!("heads:{heads}"), "held:w1"];
    for name in names {
        // Jobs of the class wait, and the worker has one.
        submitted(&queue).await;
        let key = key(name);
        ask::<()>(&url, &["SET", &key, "text"]).await;
        let next = submitted(&queue).await;
        let found = async {
            loop {
                // A worker that finds no job looks again.
                match claimed(&queue).await {
                    Some(id) if id == next => return,
                    _ => swept(&queue).await,
                };
            }
        };
        patiently(found).await;
        let kept: String = ask(&url, &["GET", &format!("{PREFIX}aside:{name}")]).await;
        assert_eq!(kept, "text", "{name}");
        assert_eq!(queue.ready(), Ok(()), "{name}");
    }
}

/// A key of the whole queue: nothing is done that would be half done.
#[tokio::test]
async fn a_key_of_the_queue_with_another_type_is_named_and_nothing_changes() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let queue = bounded(&url).await;
    for name in [
        "classes",
        "delayed",
        "finished",
        "workers",
        "worker-info",
        "owners",
        "profiles",
        "unreadable",
    ] {
        let id = submitted(&queue).await;
        let (key, saved) = (key(name), key("saved"));
        let is_there: bool = ask(&url, &["EXISTS", &key]).await;
        if is_there {
            ask::<()>(&url, &["RENAME", &key, &saved]).await;
        }
        ask::<()>(&url, &["SET", &key, "text"]).await;
        becomes_ready(&queue, false).await;
        let idle = worker("w1");
        let errors = [
            queue.ready().err(),
            queue.submit(request()).await.err(),
            queue.claim(&idle, PATIENCE).await.err(),
            queue.heartbeat(&idle, &[]).await.err(),
            queue.cancel(id).await.err(),
            queue.sweep().await.err(),
        ];
        for error in errors {
            let error = error.expect(name);
            assert_eq!(error.code(), "foreign_store", "{error}");
            let expected = format!("its key {key} is a string, not a ");
            assert!(error.to_string().contains(&expected), "{error}");
        }
        ask::<()>(&url, &["DEL", &key]).await;
        if is_there {
            ask::<()>(&url, &["RENAME", &saved, &key]).await;
        }
        becomes_ready(&queue, true).await;
        assert_eq!(claimed(&queue).await, Some(id), "{name}");
    }
    ask::<()>(&url, &["DEL", &key("format")]).await;
    ask::<()>(&url, &["RPUSH", &key("format"), "1"]).await;
    becomes_ready(&queue, false).await;
    ask::<()>(&url, &["DEL", &key("format")]).await;
    ask::<()>(&url, &[b"SET".as_slice(), key("format").as_bytes(), b"\xff"]).await;
    becomes_ready(&queue, false).await;
    assert_eq!(queue.ready().expect_err("no format").code(), "foreign_store");
}

/// The keys that follow from the records, some removed alone, and all together. What remains are
/// the records.
#[tokio::test]
async fn keys_that_are_removed_take_no_job_with_them() {
    let Some(server) = redis() else { return };
    let mut all = [
        vec!["queue:*"],
        vec!["classes"],
        vec!["delayed"],
        vec!["queued", "submitted"],
        vec!["finished"],
        vec!["workers"],
        vec!["worker-info"],
        vec!["owners"],
        vec!["profiles"],
        vec!["heads:*"],
        vec!["held:*"],
        vec!["format", "since", "checked", "unreadable"],
    ]
    .to_vec();
    all.push(all.concat());
    // Each in a database of its own.
    let url = |number: usize| format!("{}?db={number}", server.url());
    let tried = all.iter().enumerate().map(|(number, names)| without(url(number), names));
    join_all(tried).await;
}

async fn without(url: String, names: &[&str]) {
    let options = QueueOptions { max_finished: 9, ..patient() };
    let queue = connect(&url, options.clone()).await;
    let submit = async |retries| {
        let retried = JobRequest { retries, ..request() };
        queue.submit(retried).await.expect("the server is there")
    };
    let claim = async |name: &str| {
        let claim = queue.claim(&worker(name), Duration::ZERO).await;
        claim.expect("the server is there").expect("a job").lease
    };
    let over = submit(0).await;
    queue.finish(&claim("w1").await, success()).await.expect("the server is there");
    let delayed = submit(1).await;
    let end = failure(FailureReason::Other);
    queue.finish(&claim("w1").await, end).await.expect("the server is there");
    let held = submit(0).await;
    let mut leases = vec![claim("w1").await];
    let lost = submit(0).await;
    claim("gone").await;
    let waits = submit(0).await;
    let other = queue.submit(requiring(r#"{"gpus": 1}"#)).await.expect("the server is there");

    for name in names {
        let found: Vec<String> = ask(&url, &["KEYS", &key(name)]).await;
        for found in found {
            ask::<()>(&url, &["DEL", &found]).await;
        }
    }
    let (worker_expiry, own) = (Duration::from_secs(5), worker("w1"));
    let sweeper = connect(&url, QueueOptions { worker_expiry, ..options }).await;
    let mut found = Vec::new();
    let claimed = async {
        while found.len() < 3 {
            let heard = queue.heartbeat(&own, &leases).await.expect("the server is there");
            assert_eq!(heard.lost, [], "{names:?}");
            swept(&sweeper).await;
            let claim = queue.claim(&own, Duration::ZERO).await.expect("the server is there");
            if let Some(claim) = claim {
                found.push(claim.record.id);
                leases.push(claim.lease);
            }
        }
    };
    patiently(claimed).await;
    let sorted = |mut ids: Vec<JobId>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(sorted(found), sorted(vec![delayed, lost, waits]), "{names:?}");
    let able = able_worker("w2", r#"{"gpus": 1}"#);
    let claim = queue.claim(&able, PATIENCE).await.expect("the server is there").expect("a job");
    assert_eq!(claim.record.id, other, "{names:?}");
    leases.push(claim.lease);
    for lease in &leases {
        let settled = queue.finish(lease, success()).await;
        assert_eq!(settled, Ok(Settled::Over(JobState::Completed)), "{names:?}");
    }
    assert_eq!(levels(&queue).await, (0, 0), "{names:?}");
    for id in [over, held] {
        let record = queue.record(id).await.expect("the server is there").expect("known");
        assert_eq!(record.state, JobState::Completed, "{names:?}");
    }
    // The records are dropped in their turn.
    for _ in 0..4 {
        let id = submit(0).await;
        queue.cancel(id).await.expect("the server is there");
    }
    assert_eq!(queue.record(over).await, Ok(None), "{names:?}");
}

/// Its workers are there, so a class that its profile has lost is not one that nobody can run.
#[tokio::test]
async fn a_class_that_is_removed_from_its_profile_is_run_and_not_unworkable() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let options = QueueOptions { unworkable_after: SOON, ..patient() };
    let queue = connect(&url, options).await;
    assert_eq!(claimed(&queue).await, None);
    let id = submitted(&queue).await;
    let heads: Vec<String> = ask(&url, &["KEYS", &key("heads:*")]).await;
    let removed: u64 = ask(&url, &["ZREM", &heads[0], "simulation {}"]).await;
    assert_eq!((heads.len(), removed), (1, 1));
    let found = async {
        while claimed(&queue).await != Some(id) {
            assert_eq!(swept(&queue).await, Sweep::default());
        }
    };
    patiently(found).await;
}

#[tokio::test]
async fn a_server_that_has_lost_everything_is_noticed() {
    logs::logs();
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    becomes_ready(&queue, true).await;
    ask::<()>(&server.url(), &["FLUSHALL"]).await;
    let address = server.socket().display().to_string();
    let is_said = async {
        while logs::lines_about(&address).iter().all(|line| !line.contains("has lost its data")) {
            tokio::task::yield_now().await;
        }
    };
    patiently(is_said).await;
    assert_eq!(queue.ready(), Ok(()));
}

#[tokio::test]
async fn the_number_of_jobs_that_wait_is_what_it_is() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let queue = connect(&url, QueueOptions { max_queued: 8, ..patient() }).await;
    for _ in 0..3 {
        submitted(&queue).await;
    }
    let counter = key("queued");
    for junk in ["-3", "junk", "", "1e3", "9223372036854775807", "18446744073709551613"] {
        ask::<()>(&url, &["SET", &counter, junk]).await;
        assert_eq!(levels(&queue).await.0, 3, "{junk:?}");
    }
    ask::<()>(&url, &["DEL", &counter]).await;
    ask::<()>(&url, &["RPUSH", &counter, "1"]).await;
    assert_eq!(levels(&queue).await.0, 3);
    // Less than there are, as jobs leave, and more than there may be.
    ask::<()>(&url, &["SET", &counter, "0"]).await;
    assert!(claimed(&queue).await.is_some());
    assert_eq!(levels(&queue).await.0, 2);
    ask::<()>(&url, &["SET", &counter, "junk"]).await;
    submitted(&queue).await;
    assert_eq!(levels(&queue).await.0, 3);
    ask::<()>(&url, &["SET", &counter, "50"]).await;
    assert_eq!(queue.submit(request()).await.expect_err("full").code(), "queue_full");
    swept(&queue).await;
    submitted(&queue).await;
    assert_eq!(levels(&queue).await.0, 4);
    becomes_ready(&queue, true).await;
}

#[tokio::test]
async fn a_new_job_is_behind_those_that_wait() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let queue = bounded(&url).await;
    let mut waiting = vec![submitted(&queue).await, submitted(&queue).await];
    let counter = key("submitted");
    for junk in ["-7", "junk", "1125899906842624", "9223372036854775807"] {
        ask::<()>(&url, &["SET", &counter, junk]).await;
        waiting.push(submitted(&queue).await);
        waiting.push(submitted(&queue).await);
    }
    ask::<()>(&url, &["DEL", &counter]).await;
    ask::<()>(&url, &["RPUSH", &counter, "1"]).await;
    waiting.push(submitted(&queue).await);
    for id in waiting {
        assert_eq!(claimed(&queue).await, Some(id));
    }
}

/// Entries of the other keys, with values that nobody writes.
#[tokio::test]
async fn entries_that_are_none_hold_nobody_up() {
    let Some(server) = redis() else { return };
    let url = server.url();
    let options = QueueOptions {
        retry_delay: SOON,
        unworkable_after: SOON,
        worker_expiry: PATIENCE * 60,
        ..patient()
    };
    let queue = connect(&url, options).await;
    let id = submitted(&queue).await;
    assert_eq!(claimed(&queue).await, Some(id));
    let profile = ask::<Vec<String>>(&url, &["HKEYS", &key("profiles")]).await.remove(0);
    let binary: &[u8] = b"\xff";
    let entries: &[(&str, &str, &[&[u8]])] = &[
        ("HSET", "classes", &[b"simulation {", b"junk"]),
        ("HSET", "classes", &[binary, b"1e300"]),
        ("HSET", "classes", &[b"hash 5", b"0"]),
        ("ZADD", "queue:hash 5", &[b"1", b"no-such-job"]),
        ("ZADD", "queue:hash {}", &[b"1", binary]),
        ("HSET", "classes", &[b"hash {}", b"99999999999999999999"]),
        ("HSET", "profiles", &[b"junk", b"{"]),
        ("HSET", "profiles", &[b"list", b"{\"services\": 1, \"capabilities\": []}"]),
        ("HSET", "profiles", &[profile.as_bytes(), b"5"]),
        ("ZADD", "workers", &[b"+inf", b"ghost"]),
        ("ZADD", "workers", &[b"1e300", binary]),
        ("HSET", "worker-info", &[b"ghost", b"99999999999999999999 x"]),
        ("HSET", "worker-info", &[binary, b"junk"]),
        ("SADD", "held:w1", &[b"no-such-job", binary]),
        ("ZADD", "delayed", &[b"+inf", b"no-such-job"]),
        ("ZADD", "delayed", &[b"1e300", binary]),
        ("ZADD", &format!("heads:{profile}"), &[b"-inf", b"hash {\"gone\":1}"]),
        ("RPUSH", "finished", &[binary, b""]),
    ];
    for (command, name, values) in entries {
        let key = key(name);
        let words = [&[command.as_bytes(), key.as_bytes()], *values].concat();
        ask::<()>(&url, &words).await;
        swept(&queue).await;
        queue.stats().await.expect("the server is there");
        queue.heartbeat(&worker("w1"), &[]).await.expect("the server is there");
        let next = submitted(&queue).await;
        let other = queue.submit(requiring(r#"{"size": 1}"#)).await.expect("the server is there");
        assert_eq!(claimed(&queue).await, Some(next), "{command} {name} {values:?}");
        queue.cancel(other).await.expect("the server is there");
    }
    let calm = async {
        // The jobs of the classes that nobody serves end, and what is due later than anything is
        // due.
        while levels(&queue).await.0 > 0 {
            swept(&queue).await;
        }
    };
    patiently(calm).await;
    let stats = queue.stats().await.expect("the server is there");
    assert_eq!((stats.slots, stats.workers), (1, 1));
}

/// The log does not grow with what a stranger writes.
#[tokio::test]
async fn of_many_jobs_that_cannot_be_read_the_log_has_some_and_the_number() {
    logs::logs();
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    let of_this_test = JobId::generate();
    for number in 0..30 {
        let id = format!("{of_this_test}-{number}");
        ask::<()>(&server.url(), &["HSET", &key(&format!("job:{id}")), "state", "strange"]).await;
        ask::<()>(&server.url(), &["ZADD", &key("delayed"), "1", &id]).await;
    }
    assert_eq!(swept(&queue).await.unreadable, 30);
    let lines = logs::lines_about(&format!("job {of_this_test}-"));
    assert_eq!(lines.len(), 20, "{lines:?}");
    assert!(!logs::lines_about("put aside more that cannot be read others=10").is_empty());
}

/// Each class is compared with each profile, but for those that nobody can use.
#[tokio::test]
async fn workers_and_classes_of_a_stranger_keep_nobody_waiting() {
    const STRANGERS: usize = 20_000;

    let Some(server) = redis() else { return };
    let url = server.url();
    let queue = bounded(&url).await;
    assert_eq!(claimed(&queue).await, None);
    let numbers = || (0..STRANGERS).map(|number| number.to_string());
    let entries = |command: &str, name: &str, entry: fn(String) -> [String; 2]| {
        let mut words = vec![command.to_owned(), key(name)];
        words.extend(numbers().flat_map(entry));
        words
    };
    for words in [
        entries("ZADD", "workers", |number| [format!("{}", 1_u64 << 52), format!("ghost{number}")]),
        entries("HSET", "worker-info", |number| {
            [format!("ghost{number}"), format!("1 {number:0>40}")]
        }),
        entries("HSET", "classes", |number| [format!(r#"hash {{"n":{number}}}"#), "1".to_owned()]),
    ] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        ask::<()>(&url, &words).await;
    }
    // A script that takes too long is an error here, and of all other calls too.
    swept(&queue).await;
    let id = submitted(&queue).await;
    assert_eq!(claimed(&queue).await, Some(id));
}
