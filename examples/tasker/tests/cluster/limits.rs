//! A full queue, and a pool without a free connection.

use serde_json::json;

use crate::support::{Cluster, Settings, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_rejects_requests_until_it_drains() {
    let settings = Settings::quick()
        .with("api.max_queued_tasks", 5)
        .with("orchestration.visibility_timeout", "1h");
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let api = cluster.api();
    let context = json!({"number": 2});
    // No task can begin, because its steps cannot be written.
    let lock = cluster.tables.lock("tasker.steps", "EXCLUSIVE").await;
    let mut accepted = Vec::new();
    let mut rejected = json!(null);
    until("the queue is full", async || {
        let body = json!({"workflow": "math.diamond", "context": context});
        let (status, answer) = api.post(&body).await;
        if status == 202 {
            accepted.push(answer["id"].as_str().expect("an id").to_owned());
            return false;
        }
        assert_eq!(status, 503, "{answer}");
        rejected = answer;
        true
    })
    .await;
    assert_eq!(rejected["error"]["code"], "queue_full", "{rejected}");
    assert!(accepted.len() >= 5, "{accepted:?}");
    assert!(cluster.total("tasker_queue_depth", &[r#"namespace="orchestration""#]).await >= 5.0);
    let (_, health) = cluster.orchestration.health().await;
    assert_eq!(health["checks"]["queue_depth"]["status"], "unhealthy", "{health:#}");

    drop(lock);
    for id in &accepted {
        assert_eq!(api.ended(id).await["state"], "complete");
    }
    assert_eq!(api.run("math.diamond", &context).await["state"], "complete");
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
    let depths = async || cluster.total("tasker_queue_depth", &[]).await;
    until("the gauge shows empty queues", async || depths().await <= 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_without_a_free_connection_answers_503_and_recovers() {
    let settings = Settings::quick()
        .with("pools.web.max_connections", 1)
        .with("pools.web.acquire_timeout", "200ms")
        .with("api.request_timeout", "2s");
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let api = cluster.api();
    let id = api.submit("faults.wait", &json!({"millis": 1})).await;
    api.ended(&id).await;

    let lock = cluster.tables.lock("tasker.tasks", "ACCESS EXCLUSIVE").await;
    let (holder, waiting) = (api.clone(), id.clone());
    let holder = tokio::spawn(async move { holder.get(&waiting).await });
    until("a request holds the connection", async || {
        cluster.tables.count(
            "pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM tasker.tasks%'",
        )
        .await
            > 0
    })
    .await;
    // Both are answered while the lock is held: the first by its time, the second by the pool's.
    let (status, answer) = api.get(&id).await;
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (503, &json!("database_away")));
    let (status, answer) = holder.await.expect("an answer");
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (503, &json!("database_away")));

    drop(lock);
    until("the API answers again", async || api.get(&id).await.0 == 200).await;
    assert_eq!(api.run("math.diamond", &json!({"number": 2})).await["state"], "complete");
}
