//! PostgreSQL is killed and started again under load.

use std::{
    collections::BTreeSet,
    io::{Read, Write, copy},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::json;
use sqlx::postgres::PgConnectOptions;

use crate::support::{self, Cluster, Program, Settings, until};

const WORKERS: [&[&str]; 2] = [
    &["worker", "--namespace", "math", "--name", "math-1"],
    &["worker", "--namespace", "math", "--name", "math-2"],
];

/// A breaker by its name and label.
type Breaker = (&'static str, &'static [&'static str]);

const WEB: Breaker = ("api_circuit_breaker_state", &[]);
const PGMQ: Breaker = ("tasker_circuit_breaker_state", &[r#"component="pgmq""#]);
const READINESS: Breaker = ("tasker_circuit_breaker_state", &[r#"component="task_readiness""#]);

fn settings() -> Settings {
    Settings::quick()
        .with_quick_breakers()
        .with("api.request_timeout", "1s")
        // More tasks than a window has ids: the sums over all series have every task.
        .with("telemetry.correlation_window", 0)
        .with("pools.web.acquire_timeout", "300ms")
        .with("pools.orchestration.acquire_timeout", "300ms")
        .with("pools.worker.acquire_timeout", "300ms")
        // Longer than the outage, so that no work is done twice.
        .with("worker.visibility_timeout", "10s")
        .with("orchestration.visibility_timeout", "10s")
}

/// The state of a breaker of the orchestration's process.
async fn state(cluster: &Cluster, (name, labels): Breaker) -> i8 {
    match cluster.orchestration.scrape().await.find(name, labels) {
        Some(0.0) => 0,
        Some(1.0) => 1,
        Some(2.0) => 2,
        other => panic!("{name} is {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_completions_and_failures_after_postgresql_was_killed_under_load() {
    let Some(mut cluster) = Cluster::of_parts(&WORKERS, settings()).await else { return };
    let api = cluster.api();
    let breakers = [WEB, PGMQ, READINESS];
    for breaker in breakers {
        assert_eq!(state(&cluster, breaker).await, 0, "{breaker:?}");
    }
    let load = api.load("math.diamond", &json!({"number": 3}));
    for _outage in 1..=2 {
        load.goes_on(60).await;
        cluster.database.kill();
        for breaker in breakers {
            let mut seen = BTreeSet::new();
            until("the breaker is open, and half-open from time to time", async || {
                seen.insert(state(&cluster, breaker).await);
                seen.contains(&1) && seen.contains(&2)
            })
            .await;
        }
        // An answer at all says that it came within the time of a request.
        let rejected = [r#"endpoint="/v1/tasks""#];
        cluster.reaches("api_requests_rejected_total", &rejected, 1.0).await;
        let (status, answer) = api.post(&json!({"workflow": "faults.fail"})).await;
        assert_eq!(status, 503, "{answer}");
        let worker = &cluster.workers[0];
        until("the breaker of the worker opens", async || {
            worker.scrape().await.find(PGMQ.0, PGMQ.1) == Some(2.0)
        })
        .await;
        cluster.database.start_again().expect("PostgreSQL starts again");
        for breaker in breakers {
            until("the breaker closes", async || state(&cluster, breaker).await == 0).await;
        }
    }
    load.goes_on(60).await;
    let accepted = load.stop().await;
    cluster.tables.all_over().await;
    for id in accepted {
        let task = api.ended(&id).await;
        assert_eq!(task["state"], "complete", "{task:#}");
    }
    cluster.tables.everything_ended_once().await;

    let tasks = cluster.tables.count("tasker.tasks").await as f64;
    let total = async |name: &str| cluster.total(name, &[]).await;
    cluster.reaches("tasker_tasks_requests_total", &[], tasks).await;
    let (requests, completions, failures) = (
        total("tasker_tasks_requests_total").await,
        total("tasker_tasks_completions_total").await,
        total("tasker_tasks_failures_total").await,
    );
    assert_eq!((requests, completions + failures), (tasks, tasks));
}

/// Passes everything on between clients and a server. While `breaks` is set, a message that is too
/// short for its kind comes before what the server sends. Returns the port for clients.
fn breaking_proxy(server: &PgConnectOptions, breaks: &Arc<AtomicBool>) -> u16 {
    let socket = server.get_socket().expect("a private server has a socket");
    let socket = socket.join(format!(".s.PGSQL.{}", server.get_port()));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let breaks = Arc::clone(breaks);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = UnixStream::connect(&socket) else { continue };
            let (breaks, pair) = (Arc::clone(&breaks), (client.try_clone(), server.try_clone()));
            let (Ok(mut from_client), Ok(mut to_server)) = pair else { continue };
            thread::spawn(move || {
                // Fails where one of them has gone.
                let _ = copy(&mut from_client, &mut to_server);
                let _ = to_server.shutdown(Shutdown::Both);
            });
            thread::spawn(move || answers(server, client, &breaks));
        }
    });
    port
}

fn answers(mut server: UnixStream, mut client: TcpStream, breaks: &AtomicBool) {
    let mut buffer = vec![0; 65536];
    while let Ok(read @ 1..) = server.read(&mut buffer) {
        let short: &[u8] = if breaks.load(Ordering::Relaxed) { b"Z\0\0\0\x01" } else { b"" };
        if client.write_all(&[short, &buffer[..read]].concat()).is_err() {
            break;
        }
    }
    // Fails where it has gone.
    let _ = client.shutdown(Shutdown::Both);
}

/// The client of PostgreSQL panics at such a message.
#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_on_after_messages_that_are_none() {
    let Some(database) = support::database() else { return };
    let server: PgConnectOptions = database.url().parse().expect("a URL");
    let breaks = Arc::default();
    let port = breaking_proxy(&server, &breaks);
    let (user, name) = (server.get_username(), server.get_database().expect("a name"));
    let url = format!("postgres://{user}@127.0.0.1:{port}/{name}?sslmode=disable");
    let tasker = Program::start(&[], &url, &settings());
    tasker.is_ready().await;
    let api = tasker.api();
    for _time in 1..=2 {
        breaks.store(true, Ordering::Relaxed);
        until("it is not ready, with the reason", async || {
            let (status, _) =
                api.post(&json!({"workflow": "math.linear", "context": {"number": 3}})).await;
            assert_eq!(status, 503);
            let (status, health) = tasker.health().await;
            status == 503 && health.to_string().contains("the client panicked")
        })
        .await;
        breaks.store(false, Ordering::Relaxed);
        tasker.is_ready().await;
        let load = api.load("math.diamond", &json!({"number": 3}));
        load.goes_on(20).await;
        for id in load.stop().await {
            let task = api.ended(&id).await;
            assert_eq!(task["state"], "complete", "{task:#}");
        }
        let queues = [r#"namespace="math""#];
        let depth = async || tasker.scrape().await.find("tasker_queue_depth", &queues);
        until("the queues are counted again", async || depth().await.is_some()).await;
    }
}
