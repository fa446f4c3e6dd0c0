//! A Redis server that dies and comes back, and restarts of the API.

use osapi_metrics_tests::servers::ServerProcess;
use redis::{Client, Cmd, FromRedisValue, ToRedisArgs};
use serde_json::json;

use crate::support::{Cluster, Program, simulation, until};

/// A command of an administrator.
fn ask<T: FromRedisValue>(cluster: &Cluster, words: &[impl ToRedisArgs]) -> T {
    let client = Client::open(cluster.redis.url()).expect("a URL");
    let mut connection = client.get_connection().expect("connected");
    Cmd::new().arg(words).query(&mut connection).expect("an answer")
}

fn signal(name: &str, process: u32) {
    let mut kill = ServerProcess::command("kill");
    let sent = kill.args(["-s", name, &process.to_string()]).status().expect("there is `kill`");
    assert!(sent.success(), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_killed_and_restarted_and_no_job_is_lost() {
    let Some(mut cluster) = Cluster::start(&[&[], &[]]).await else { return };
    let api = cluster.api();
    let before = api.submit_all(20, &simulation(1_500)).await;
    until("some jobs run", async || cluster.total("jobs_active", &[]).await > 0.0).await;
    cluster.redis.kill();
    until("the API is not ready", async || !cluster.api.ready().await).await;
    let (status, answer) = api.post(&simulation(1)).await;
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (503, &json!("queue_away")));
    // The metrics go on, without what only Redis knows.
    until("the size of the queue is absent", async || {
        cluster.api.scrape().await.find("queue_size", &[]).is_none()
    })
    .await;

    cluster.redis.start_again().expect("Redis starts again");
    cluster.api.is_ready().await;
    let after = api.submit_all(20, &simulation(10)).await;
    for ids in [&before, &after] {
        let records = api.all_over(ids).await;
        assert!(records.iter().all(|record| record["state"] == "completed"), "{records:#?}");
    }
    cluster.reaches("queue_size", &[], 0.0).await;
    cluster.reaches("jobs_submitted_total", &[], 40.0).await;
    cluster.reaches("jobs_active", &[], 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_killed_and_another_one_goes_on() {
    let Some(mut cluster) = Cluster::start(&[&[]]).await else { return };
    let ids = cluster.api().submit_all(10, &simulation(300)).await;
    cluster.api.kill();
    cluster.api = Program::start(&["api", "--redis", &cluster.redis.url()], &[]);
    cluster.api.is_ready().await;
    let records = cluster.api().all_over(&ids).await;
    assert!(records.iter().all(|record| record["state"] == "completed"), "{records:#?}");
}

/// How long the stop takes, a test of the worker shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_redis_that_is_silent() {
    let grace: &[&str] = &["--grace", "1s"];
    let Some(mut cluster) = Cluster::start_with(&[grace], grace).await else { return };
    let id = cluster.api().submit(&simulation(600_000)).await;
    cluster.api().has_state(&id, "running").await;
    signal("STOP", cluster.redis.id());
    for program in cluster.workers.iter_mut().chain([&mut cluster.api]) {
        assert!(program.terminate().await.success());
        assert!(program.log().contains(" stopped"), "{}", program.log());
    }
    let log = cluster.workers[0].log();
    assert!(log.contains("the queue does not know that the worker goes"), "{log}");
    signal("CONT", cluster.redis.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_without_memory_is_named_once_and_keeps_its_jobs() {
    let Some(cluster) = Cluster::start(&[&[]]).await else { return };
    let api = cluster.api();
    let id = api.submit(&simulation(1)).await;
    assert_eq!(api.over(&id).await["state"], "completed");
    ask::<()>(&cluster, &["CONFIG", "SET", "maxmemory", "1"]);
    until("no process is ready", async || {
        !cluster.api.ready().await && !cluster.workers[0].ready().await
    })
    .await;
    for _ in 0..20 {
        let (status, answer) = api.post(&simulation(1)).await;
        assert_eq!((status.as_u16(), &answer["error"]["code"]), (503, &json!("store_full")));
        assert!(answer["error"]["message"].to_string().contains("OOM"), "{answer}");
    }
    let (status, reason) = cluster.api.health().await;
    assert_eq!(status, 503);
    assert!(reason.contains("OOM command not allowed"), "{reason}");
    // What is there can be read.
    assert_eq!(api.get(&id).await.1["state"], "completed");
    ask::<()>(&cluster, &["CONFIG", "SET", "maxmemory", "0"]);
    cluster.api.is_ready().await;
    cluster.workers[0].is_ready().await;
    let record = api.run(&simulation(1)).await;
    assert_eq!(record["state"], "completed");
    for program in cluster.programs() {
        let log = program.log();
        let lines = |text: &str| log.lines().filter(|line| line.contains(text)).count();
        assert_eq!(
            (lines(" WARN job_queue"), lines("OOM"), lines("the queue is back")),
            (1, 1, 1),
            "{log}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_something_else_wrote_is_named_and_holds_nobody_up() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let api = cluster.api();
    let damages: [(&[&[u8]], &str); 3] = [
        (&[b"SET", b"text"], "it is a string, not a hash"),
        (&[b"HSET", b"request", b"\xff"], "field `request`: it is not UTF-8"),
        (&[b"HSET", b"state", b"\xff"], "field `state`: it is not UTF-8"),
    ];
    let mut broken = Vec::new();
    for (words, expected) in damages {
        let id = api.submit(&simulation(1)).await;
        let key = format!("{{job-queue}}:job:{id}");
        let words = [&[words[0], key.as_bytes()], &words[1..]].concat();
        if words[0] == b"SET" {
            ask::<()>(&cluster, &["DEL", &key]);
        }
        ask::<()>(&cluster, &words);
        let (status, answer) = api.get(&id).await;
        assert_eq!((status.as_u16(), &answer["error"]["code"]), (502, &json!("foreign_record")));
        let message = answer["error"]["message"].as_str().expect("a message");
        assert!(message.contains(&id) && message.contains(expected), "{message}");
        broken.push(id);
    }
    let mut cluster = cluster;
    cluster.add_worker("worker-1", &[]).await;
    assert_eq!(api.run(&simulation(1)).await["state"], "completed");
    cluster.reaches("jobs_unreadable_total", &[], 3.0).await;
    cluster.reaches("queue_size", &[], 0.0).await;
    let log = cluster.api.log();
    for id in broken {
        assert_eq!(log.lines().filter(|line| line.contains(&id)).count(), 1, "{log}");
    }
}
