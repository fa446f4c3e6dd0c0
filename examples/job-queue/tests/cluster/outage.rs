//! A Redis server that dies and comes back, and restarts of the API.

use serde_json::json;

use crate::support::{Cluster, Program, simulation, until};

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
