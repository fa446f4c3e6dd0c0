//! Redis servers that are away, come back, refuse, or are something else.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use osapi_common::redis::{PrivateRedis, RedisOptions};
use osapi_metrics_tests::{
    logs,
    servers::{redis, redis_with},
};
use redis::{Client, Cmd};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, UnixStream},
    time::timeout,
};

use super::support::*;
use crate::{
    job::{FailureReason, JobRequest, JobState},
    queue::{Queue, QueueError, QueueOptions, Settled, Sweep, redis::RedisQueue},
};

/// The errors of a queue that cannot be used: `ready`'s and those of calls. Each comes within the
/// bound.
async fn errors(queue: &RedisQueue) -> [QueueError; 5] {
    let begin = Instant::now();
    let idle = worker("w1");
    let errors = [
        queue.ready().err(),
        queue.submit(request()).await.err(),
        queue.claim(&idle, Duration::ZERO).await.err(),
        queue.claim(&idle, SOON).await.err(),
        queue.heartbeat(&idle, &[]).await.err(),
    ];
    assert!(begin.elapsed() < BOUND * 4, "{:?}", begin.elapsed());
    errors.map(|error| error.expect("the queue cannot be used"))
}

async fn is_refused(queue: &RedisQueue, address: &str, code: &str, problem: &str) {
    for error in errors(queue).await {
        assert_eq!(error.code(), code, "{error}");
        assert!(error.is_outage(), "{error}");
        let reason = error.to_string();
        assert!(reason.contains(&format!(": Redis at {address}: ")), "{reason}");
        assert!(reason.contains(problem), "{reason}");
        assert!(!reason.contains("s3cret"), "{reason}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_named_and_waited_for() {
    let Some(mut server) = redis() else { return };
    server.kill();
    let queue = bounded(&server.url()).await;
    is_refused(&queue, &server.socket().display().to_string(), "queue_away", "").await;
    let (mut events, idle) = (queue.events(), worker("w1"));
    let coming = async {
        server.start_again().expect("the server starts again");
        becomes_ready(&queue, true).await;
        queue.submit(request()).await.expect("the server is there")
    };
    let (claim, id) = tokio::join!(queue.claim(&idle, PATIENCE), coming);
    assert_eq!(claim.expect("the server is there").expect("a job").record.id, id);
    // Messages come again, too. The first ones may have been before the subscription.
    let heard = async {
        loop {
            let id = queue.submit(request()).await.expect("the server is there");
            while let Ok(event) = timeout(SOON, events.recv()).await {
                if event.expect("no event is missed").id == id {
                    return;
                }
            }
        }
    };
    timeout(PATIENCE, heard).await.expect("an event within the time");
}

/// A claim that waits looks again after 5 seconds anyway, so one round alone would not show much.
#[tokio::test]
async fn a_worker_that_waits_is_woken_by_a_message() {
    let Some(server) = redis() else { return };
    let (api, queue) = (bounded(&server.url()).await, bounded(&server.url()).await);
    let (idle, begin) = (worker("w1"), Instant::now());
    for _ in 0..8 {
        let coming = async {
            // The worker has looked once when the queue knows it.
            while queue.stats().await.expect("the server is there").workers == 0 {
                tokio::task::yield_now().await;
            }
            api.submit(request()).await.expect("the server is there")
        };
        let (claim, id) = tokio::join!(queue.claim(&idle, PATIENCE), coming);
        assert_eq!(claim.expect("the server is there").expect("a job").record.id, id);
        queue.leave("w1").await.expect("the server is there");
        queue.cancel(id).await.expect("the server is there");
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// As where the server has room for one connection, and not for the other.
#[tokio::test]
async fn a_queue_without_messages_works_and_says_so_once() {
    logs::logs();
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    becomes_ready(&queue, true).await;
    let url = server.url();
    let client = Client::open(&*url).expect("a URL");
    let mut own = client.get_multiplexed_async_connection().await.expect("connected");
    let mut admin = async |words: &[&str]| {
        Cmd::new().arg(words).query_async::<redis::Value>(&mut own).await.expect("an answer")
    };
    // The connections that are there: this one, and the one for calls.
    admin(&["CONFIG", "SET", "maxclients", "2"]).await;
    admin(&["CLIENT", "KILL", "TYPE", "pubsub"]).await;
    let address = server.socket().display().to_string();
    let lines = || {
        let mut lines = logs::lines_about(&address);
        lines.retain(|line| line.contains("no messages come in"));
        lines
    };
    let is_said = async {
        while lines().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    patiently(is_said).await;
    assert_eq!(queue.ready(), Ok(()));
    // A worker that waits finds the job when it looks again.
    let (idle, mut events) = (worker("w1"), queue.events());
    let coming = async {
        while queue.stats().await.expect("the server is there").workers == 0 {
            tokio::task::yield_now().await;
        }
        queue.submit(request()).await.expect("the server is there")
    };
    let (claim, id) = tokio::join!(queue.claim(&idle, PATIENCE), coming);
    assert_eq!(claim.expect("the server is there").expect("a job").record.id, id);
    assert!(events.try_recv().is_err(), "no message came");
    assert_eq!(lines().len(), 1, "{:?}", lines());

    admin(&["CONFIG", "SET", "maxclients", "100"]).await;
    let heard = async {
        while events.try_recv().is_err() {
            queue.submit(request()).await.expect("the server is there");
            tokio::task::yield_now().await;
        }
    };
    patiently(heard).await;
    assert_eq!(lines().len(), 1, "{:?}", lines());
}

#[tokio::test]
async fn a_server_that_speaks_http_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1_024]).await;
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            });
        }
    });
    let queue = bounded(&format!("redis://:s3cret@{address}")).await;
    is_refused(&queue, &address, "queue_away", "its answer is not that of a Redis server").await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_refused_after_a_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        let mut streams = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            streams.push(stream);
        }
    });
    let queue = bounded(&format!("redis://:s3cret@{address}")).await;
    is_refused(&queue, &address, "queue_away", "it does not answer in time").await;
}

#[tokio::test]
async fn wrong_credentials_are_refused_until_they_are_right() {
    let Some(server) = redis_with(&RedisOptions { tcp: true, ..RedisOptions::default() }) else {
        return;
    };
    let address = server.address().expect("an address").to_string();
    let url = server.url();
    ask::<()>(&url, &["CONFIG", "SET", "requirepass", "other"]).await;
    let stranger = bounded(&format!("redis://{address}")).await;
    is_refused(&stranger, &address, "store_refuses_login", "it requires a password").await;
    let queue = bounded(&format!("redis://:s3cret@{address}")).await;
    is_refused(
        &queue,
        &address,
        "store_refuses_login",
        "it refuses the credentials: the user or the password is wrong",
    )
    .await;
    let known = format!("{url}?pass=other");
    ask::<()>(&known, &["CONFIG", "SET", "requirepass", "s3cret"]).await;
    becomes_ready(&queue, true).await;
    queue.submit(request()).await.expect("the credentials are right");
}

#[tokio::test]
async fn a_replica_that_takes_no_writes_is_refused_until_it_is_the_master() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    // Nothing listens at port 1.
    ask::<()>(&server.url(), &["REPLICAOF", "127.0.0.1", "1"]).await;
    becomes_ready(&queue, false).await;
    is_refused(&queue, &server.socket().display().to_string(), "store_read_only", "READONLY").await;
    ask::<()>(&server.url(), &["REPLICAOF", "NO", "ONE"]).await;
    becomes_ready(&queue, true).await;
    queue.submit(request()).await.expect("the server takes writes");
}

#[tokio::test]
async fn a_server_without_memory_refuses_jobs_and_keeps_those_that_it_has() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    let id = queue.submit(request()).await.expect("the server is there");
    ask::<()>(&server.url(), &["CONFIG", "SET", "maxmemory", "1"]).await;
    becomes_ready(&queue, false).await;
    is_refused(&queue, &server.socket().display().to_string(), "store_full", "OOM").await;
    ask::<()>(&server.url(), &["CONFIG", "SET", "maxmemory", "0"]).await;
    becomes_ready(&queue, true).await;
    let claim = queue.claim(&worker("w1"), PATIENCE).await.expect("the server is there");
    assert_eq!(claim.expect("a job").record.id, id);
}

/// A policy of keys with an expiry, which no key of a queue has, removes none.
#[tokio::test]
async fn a_server_that_may_remove_jobs_is_refused_until_it_keeps_them() {
    let Some(server) = redis() else { return };
    let (url, queue) = (server.url(), bounded(&server.url()).await);
    let id = queue.submit(request()).await.expect("the server is there");
    for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random"] {
        ask::<()>(&url, &["CONFIG", "SET", "maxmemory-policy", policy]).await;
        becomes_ready(&queue, false).await;
        let refused = [queue.ready().err(), queue.submit(request()).await.err()];
        for error in refused.map(|error| error.expect("refused")) {
            assert_eq!(error.code(), "store_evicts", "{error}");
            let reason = format!("its maxmemory-policy is {policy}, which removes jobs; set");
            assert!(error.to_string().contains(&reason), "{error}");
        }
        ask::<()>(&url, &["CONFIG", "SET", "maxmemory-policy", "volatile-lru"]).await;
        becomes_ready(&queue, true).await;
    }
    // The job that is there can be run.
    ask::<()>(&url, &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).await;
    becomes_ready(&queue, false).await;
    let claim = queue.claim(&worker("w1"), PATIENCE).await.expect("the server is there");
    let claim = claim.expect("a job");
    assert_eq!(claim.record.id, id);
    let settled = queue.finish(&claim.lease, success()).await;
    assert_eq!(settled, Ok(Settled::Over(JobState::Completed)));
}

/// The commands that the scripts call, as they are written there.
fn commands() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/queue/redis/scripts");
    let mut commands = BTreeSet::new();
    for script in std::fs::read_dir(folder).expect("the folder of the scripts") {
        let text = std::fs::read_to_string(script.expect("a file").path()).expect("a text");
        for call in text.split("call(").skip(1) {
            let name = call.trim_start().strip_prefix('\'').and_then(|call| call.split_once('\''));
            commands.extend(name.map(|(name, _)| name.to_owned()));
        }
    }
    assert!(commands.len() > 30 && commands.contains("ZREVRANGEBYSCORE"), "{commands:?}");
    // Without it nothing else is unknown than the policy, and since when the server is there.
    assert!(commands.remove("INFO"));
    commands
}

/// Changes the rights of the user of [`with_user`].
async fn may(server: &PrivateRedis, rule: &str) {
    ask::<()>(&server.url(), &["ACL", "SETUSER", "queue", rule]).await;
}

/// A URL with a user who may do what job-queue needs.
async fn with_user(server: &PrivateRedis) -> String {
    for rule in ["on", ">s3cret", "~{job-queue}:*", "&{job-queue}:*", "+@all"] {
        may(server, rule).await;
    }
    format!("redis://queue:s3cret@{}", server.address().expect("an address"))
}

/// What one command does not find, another one does not find either.
#[tokio::test]
async fn a_user_who_may_not_run_one_command_is_refused_until_it_may() {
    let Some(server) = redis_with(&RedisOptions { tcp: true, ..RedisOptions::default() }) else {
        return;
    };
    let known = with_user(&server).await;
    let may = async |rule: &str| may(&server, rule).await;
    may("-info").await;
    let mut commands = commands();
    commands.insert("SUBSCRIBE".to_owned());
    for command in commands {
        may(&format!("-{command}")).await;
        let queue = bounded(&known).await;
        // What a subscription is answered comes later than what a command is.
        becomes_ready(&queue, false).await;
        let Err(error) = queue.ready() else { panic!("ready without {command}") };
        assert_eq!(error.code(), "store_refuses_login", "{command}: {error}");
        let is_named = error.to_string().to_uppercase().contains(&command);
        assert!(is_named, "{command}: {error}");
        may(&format!("+{command}")).await;
        becomes_ready(&queue, true).await;
    }
}

/// A script does not undo what it has done before it misses a right.
#[tokio::test]
async fn a_right_that_is_taken_at_any_time_leaves_no_change_half_done() {
    let Some(server) = redis_with(&RedisOptions { tcp: true, ..RedisOptions::default() }) else {
        return;
    };
    let queue = bounded(&with_user(&server).await).await;
    let worker = worker("w1");
    let mut rights: Vec<_> = commands()
        .into_iter()
        .map(|command| (format!("-{command}"), format!("+{command}")))
        .collect();
    rights.push(("resetchannels".to_owned(), "&{job-queue}:*".to_owned()));
    for (taken, given) in rights {
        becomes_ready(&queue, true).await;
        queue.submit(request()).await.expect("the user may");
        let held = queue.claim(&worker, PATIENCE).await.expect("the user may").expect("a job");
        let waiting = queue.submit(request()).await.expect("the user may");
        may(&server, &taken).await;
        for error in [
            queue.submit(request()).await.err(),
            queue.claim(&worker, Duration::ZERO).await.err(),
            queue.finish(&held.lease, success()).await.err(),
            queue.sweep().await.err(),
        ] {
            let Some(error) = error else { panic!("not refused: {taken}") };
            assert_eq!(error.code(), "store_refuses_login", "{taken}: {error}");
        }
        becomes_ready(&queue, false).await;
        may(&server, &given).await;
        becomes_ready(&queue, true).await;
        let settled = queue.finish(&held.lease, success()).await;
        assert_eq!(settled, Ok(Settled::Over(JobState::Completed)), "{taken}");
        let claim = queue.claim(&worker, PATIENCE).await.expect("the user may").expect("a job");
        assert_eq!(claim.record.id, waiting, "{taken}");
        let settled = queue.finish(&claim.lease, success()).await;
        assert_eq!(settled, Ok(Settled::Over(JobState::Completed)), "{taken}");
        // A job that was refused is not there.
        let another = queue.claim(&worker, Duration::ZERO).await.expect("the user may");
        assert!(another.is_none(), "{taken}: {another:?}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_save_is_refused_until_it_can() {
    let settings = vec![("appendonly".to_owned(), "no".to_owned())];
    let Some(server) = redis_with(&RedisOptions { settings, ..RedisOptions::default() }) else {
        return;
    };
    let (url, queue) = (server.url(), bounded(&server.url()).await);
    // Where the server wants a file, there is a folder.
    let folder = server.socket().with_file_name("data").join("dump.rdb");
    std::fs::create_dir(&folder).expect("a folder");
    ask::<()>(&url, &["CONFIG", "SET", "save", "3600 1000000"]).await;
    ask::<()>(&url, &["BGSAVE"]).await;
    becomes_ready(&queue, false).await;
    is_refused(&queue, &server.socket().display().to_string(), "store_cannot_save", "MISCONF")
        .await;
    std::fs::remove_dir(&folder).expect("an empty folder");
    ask::<()>(&url, &["BGSAVE"]).await;
    becomes_ready(&queue, true).await;
}

#[tokio::test]
async fn a_server_that_loads_its_data_is_waited_for() {
    // Half a millisecond for each key, and answers in between.
    let settings = [("key-load-delay", "500"), ("loading-process-events-interval-bytes", "1024")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let Some(mut server) = redis_with(&RedisOptions { settings, ..RedisOptions::default() }) else {
        return;
    };
    let (url, address) = (server.url(), server.socket().display().to_string());
    let queue = bounded(&url).await;
    let id = queue.submit(request()).await.expect("the server is there");
    let fill = "for key = 1, 6000 do redis.call('SET', 'filler' .. key, key) end";
    ask::<()>(&url, &["EVAL", fill, "0"]).await;
    ask::<()>(&url, &["BGREWRITEAOF"]).await;
    let rewritten = async {
        while ask::<String>(&url, &["INFO", "persistence"])
            .await
            .contains("aof_rewrite_in_progress:1")
        {}
    };
    patiently(rewritten).await;
    server.kill();
    let loading = tokio::task::spawn_blocking(move || {
        server.start_again().expect("the server starts again");
        server
    });
    let seen = async {
        while queue.ready().err().is_none_or(|error| error.code() != "store_busy") {
            tokio::task::yield_now().await;
        }
        queue.ready().expect_err("it loads").to_string()
    };
    let reason = patiently(seen).await;
    assert!(reason.contains(&format!("Redis at {address}: LOADING")), "{reason}");
    let _server = loading.await.expect("no panic");
    becomes_ready(&queue, true).await;
    let claim = queue.claim(&worker("w1"), PATIENCE).await.expect("the server is there");
    assert_eq!(claim.expect("a job").record.id, id);
}

#[tokio::test]
async fn jobs_of_another_format_are_left_alone() {
    let Some(server) = redis() else { return };
    ask::<()>(&server.url(), &["SET", "{job-queue}:format", "2"]).await;
    let queue = bounded(&server.url()).await;
    let error = queue.ready().expect_err("another format");
    assert_eq!(error.code(), "foreign_store");
    let reason = error.to_string();
    assert!(reason.ends_with("have the format 2, and this program knows the format 1"), "{reason}");
}

/// Another version takes the server over while this one uses it.
#[tokio::test]
async fn a_format_that_changes_ends_every_call_until_it_is_back() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    let owner = worker("w1");
    let id = queue.submit(request()).await.expect("the server is there");
    let claim = queue.claim(&owner, PATIENCE).await.expect("the server is there");
    let lease = claim.expect("a job").lease;
    let waiting = queue.submit(request()).await.expect("the server is there");

    ask::<()>(&server.url(), &["SET", "{job-queue}:format", "\u{1b}[31m2\n"]).await;
    let refused = [
        queue.submit(request()).await.err(),
        queue.claim(&owner, Duration::ZERO).await.err(),
        queue.begin(&lease).await.err(),
        queue.finish(&lease, success()).await.err(),
        queue.heartbeat(&owner, std::slice::from_ref(&lease)).await.err(),
        queue.cancel(waiting).await.err(),
        queue.record(id).await.err(),
        queue.sweep().await.err(),
        queue.stats().await.err(),
        queue.leave(&owner.id).await.err(),
    ];
    for error in refused {
        let error = error.expect("refused");
        assert_eq!(error.code(), "foreign_store");
        assert!(error.to_string().contains("have the format ?[31m2?, and"), "{error}");
    }

    ask::<()>(&server.url(), &["SET", "{job-queue}:format", "1"]).await;
    let settled = queue.finish(&lease, success()).await.expect("the server is there");
    assert_eq!(settled, Settled::Over(JobState::Completed));
    let claim = queue.claim(&owner, PATIENCE).await.expect("the server is there");
    assert_eq!(claim.expect("a job").record.id, waiting);
}

/// Passes bytes on to a server, whose scripts are removed before each piece of a request. So no
/// script is there when it is called by its digest.
async fn forgetful(url: String, socket: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = UnixStream::connect(&socket).await.expect("the server is there");
            let ((mut requests, mut answers), (mut answered, mut requested)) =
                (client.into_split(), server.into_split());
            tokio::spawn(async move { copy(&mut answered, &mut answers).await });
            let url = url.clone();
            tokio::spawn(async move {
                let mut piece = vec![0; 64 << 10];
                while let Ok(length @ 1..) = requests.read(&mut piece).await {
                    ask::<()>(&url, &["SCRIPT", "FLUSH"]).await;
                    requested.write_all(&piece[..length]).await.expect("the server is there");
                }
            });
        }
    });
    address
}

/// `NOSCRIPT` says that nothing was done.
#[tokio::test]
async fn a_script_that_the_server_forgets_whenever_it_can_is_run_all_the_same() {
    let Some(server) = redis() else { return };
    let address = forgetful(server.url(), server.socket()).await;
    let queue = bounded(&format!("redis://{address}")).await;
    let owner = worker("w1");
    for _ in 0..3 {
        assert_eq!(queue.ready(), Ok(()));
        let id = queue.submit(request()).await.expect("the script is run");
        queue.heartbeat(&owner, &[]).await.expect("the script is run");
        let claim = queue.claim(&owner, Duration::ZERO).await.expect("the script is run");
        let lease = claim.expect("a job").lease;
        assert_eq!(lease.job, id);
        assert_eq!(queue.begin(&lease).await, Ok(true));
        let settled = queue.finish(&lease, success()).await;
        assert_eq!(settled, Ok(Settled::Over(JobState::Completed)));
        queue.sweep().await.expect("the script is run");
        assert_eq!(queue.stats().await.map(|stats| (stats.queued, stats.running)), Ok((0, 0)));
    }
    let forgotten: String = ask(&server.url(), &["INFO", "errorstats"]).await;
    assert!(forgotten.contains("errorstat_NOSCRIPT"), "{forgotten}");
}

#[tokio::test]
async fn all_keys_are_in_one_slot() {
    let Some(server) = redis() else { return };
    let queue = bounded(&server.url()).await;
    let retried = JobRequest { retries: 1, ..request() };
    for _ in 0..3 {
        queue.submit(retried.clone()).await.expect("the server is there");
    }
    let owner = worker("w1");
    for end in [success(), failure(FailureReason::Other)] {
        let claim = queue.claim(&owner, PATIENCE).await.expect("the server is there");
        queue.finish(&claim.expect("a job").lease, end).await.expect("the server is there");
    }
    queue.submit(requiring(r#"{"gpus": 1}"#)).await.expect("the server is there");
    queue.claim(&owner, PATIENCE).await.expect("the server is there");
    let keys: Vec<String> = ask(&server.url(), &["KEYS", "*"]).await;
    assert!(keys.len() > 10, "{keys:?}");
    for key in keys {
        assert!(key.starts_with("{job-queue}:"), "{key}");
    }
}

/// What the server accepted, it has after a crash, and workers keep their jobs.
#[tokio::test]
async fn a_server_that_is_killed_and_started_again_has_every_job() {
    let Some(mut server) = redis() else { return };
    let worker_expiry = Duration::from_secs(5);
    let options = QueueOptions { worker_expiry, ..patient() };
    let queue = connect(&server.url(), options).await;
    let owner = worker("w1");
    let mut ids = Vec::new();
    for _ in 0..50 {
        ids.push(queue.submit(request()).await.expect("the server is there"));
    }
    let claim = queue.claim(&owner, PATIENCE).await.expect("the server is there").expect("a job");
    let finished = queue.claim(&owner, PATIENCE).await.expect("the server is there");
    let finished = finished.expect("a job");
    queue.finish(&finished.lease, success()).await.expect("the server is there");

    server.kill();
    // The worker is silent for longer than its expiry, because nobody hears it.
    let silence = Instant::now();
    becomes_ready(&queue, false).await;
    while silence.elapsed() < worker_expiry + SOON {
        tokio::task::yield_now().await;
    }
    server.start_again().expect("the server starts again");
    becomes_ready(&queue, true).await;
    assert_eq!(queue.sweep().await, Ok(Sweep::default()));
    let held = std::slice::from_ref(&claim.lease);
    let heartbeat = queue.heartbeat(&owner, held).await.expect("the server is there");
    assert_eq!(heartbeat.lost, []);
    assert_eq!(
        queue.finish(&finished.lease, success()).await,
        Ok(Settled::Over(JobState::Completed))
    );
    let settled = queue.finish(&claim.lease, success()).await;
    assert_eq!(settled, Ok(Settled::Over(JobState::Completed)));
    for id in ids {
        if id != claim.record.id && id != finished.record.id {
            let next = queue.claim(&owner, PATIENCE).await.expect("the server is there");
            assert_eq!(next.expect("a job").record.id, id);
        }
    }
}
