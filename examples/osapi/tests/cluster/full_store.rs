//! The store of the NATS server is full, and has room again.

use std::time::Duration;

use async_nats::jetstream::{self, stream};
use osapi_metrics_tests::servers;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Cluster, Job, Program, client, until};

/// The room of the server: enough for osapi, and soon full.
const CONFIG: &str = "jetstream { max_file_store: 262144 }\n";

const FULL: &str = "the store of NATS is full";
const ROOM: &str = "the store of NATS can be written again";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ready_while_the_store_is_full_and_nothing_is_lost() {
    let folder = TempDir::new().expect("a temporary folder");
    let config = folder.path().join("nats.conf");
    std::fs::write(&config, CONFIG).expect("written");
    let config = config.to_str().expect("a text");
    let Some(nats) = servers::nats_with(&["-c", config]) else { return };
    let api = Program::start(&["api", "--nats", &nats.url()], &[]);
    api.is_ready().await;
    let mut cluster = Cluster { api, agents: Vec::new(), nats };
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(cluster.client().submit(&Job::wait(Duration::ZERO)).await);
    }

    let filling = fill(&cluster.nats.url()).await;
    let agent = Program::start(&["agent", "--nats", &cluster.nats.url(), "--name", "a"], &[]);
    cluster.agents.push(agent);
    for program in cluster.programs() {
        until("a program whose broker is full is not ready", async || {
            let (status, reason) = program.ready().await;
            status == 503 && reason.contains("store is full") && reason.contains("resources")
        })
        .await;
        assert_eq!(program.alive().await, 200);
    }
    let submit = || client().post(cluster.api.url("/jobs"));
    for _ in 0..3 {
        let submit = submit().json(&json!({"operation": "node.hostname"}));
        let answer = submit.send().await.expect("an answer");
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "1");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], "broker_full", "{answer}");
    }
    // The records can be read.
    let record = client().get(cluster.api.url(&format!("/jobs/{}", ids[0])));
    let record: Value = record.send().await.expect("an answer").json().await.expect("valid JSON");
    assert_eq!(record["status"], "queued", "{record}");

    filling.delete_stream("FILLING").await.expect("deleted");
    for program in cluster.programs() {
        program.is_ready().await;
    }
    for record in cluster.client().all_finished(&ids).await {
        assert_eq!(record["status"], "completed", "{record}");
    }
    for program in cluster.programs() {
        let log = program.said();
        assert_eq!(log.matches(FULL).count(), 1, "{log}");
        assert_eq!(log.matches(ROOM).count(), 1, "{log}");
        assert!(!log.contains("cannot be run here"), "{log}");
    }
}

/// Somebody has removed the files of the queue below a running server.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_whose_files_cannot_be_written_is_no_ready_one() {
    let Some(nats) = servers::nats() else { return };
    let api = Program::start(&["api", "--nats", &nats.url()], &[]);
    let agent = Program::start(&["agent", "--nats", &nats.url(), "--name", "a"], &[]);
    for program in [&api, &agent] {
        program.is_ready().await;
    }
    let mut cluster = Cluster { api, agents: vec![agent], nats };
    let first = cluster.client().submit(&Job::wait(Duration::ZERO)).await;
    cluster.client().all_finished(&[first]).await;

    std::fs::remove_dir_all(cluster.nats.stream("OSAPI_JOBS")).expect("removed");
    let submit = client().post(cluster.api.url("/jobs")).json(&json!({"operation": "node.load"}));
    until("the queue refuses a job", async || {
        let answer = submit.try_clone().expect("a body").send().await.expect("an answer");
        if answer.status() == 202 {
            return false;
        }
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], "broker_full", "{answer}");
        true
    })
    .await;
    // Also after the queue was tried again.
    for _ in 0..3 {
        let (status, reason) = cluster.api.ready().await;
        assert!(status == 503 && reason.contains("cannot be written"), "{status} {reason}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(cluster.api.said().matches(FULL).count(), 1, "{}", cluster.api.said());

    cluster.nats.kill();
    cluster.nats.start_again();
    for program in cluster.programs() {
        program.is_ready().await;
    }
    let last = cluster.client().submit(&Job::wait(Duration::ZERO)).await;
    cluster.client().all_finished(&[last]).await;
    for program in cluster.programs() {
        assert!(!program.said().contains("is not a job"), "{}", program.said());
    }
    assert_eq!(cluster.api.said().matches(ROOM).count(), 1, "{}", cluster.api.said());
}

/// Fills the store with messages that are not osapi's.
async fn fill(url: &str) -> jetstream::Context {
    let client = async_nats::connect(url).await.expect("connected");
    let context = jetstream::new(client);
    let config = stream::Config {
        name: "FILLING".to_owned(),
        subjects: vec!["filling".to_owned()],
        ..stream::Config::default()
    };
    context.create_stream(config).await.expect("a stream");
    for bytes in [4096, 64, 1] {
        loop {
            let message = vec![b'x'; bytes].into();
            let sent = context.publish("filling", message).await.expect("sent");
            if sent.await.is_err() {
                break;
            }
        }
    }
    context
}
