//! Workers that die over a step, and workers that want the same step.

use serde_json::{Value, json};

use crate::support::{Cluster, Settings, until};

const FAULTS: &[&str] = &["worker", "--namespace", "faults", "--name", "first"];
const SECOND: &[&str] = &["worker", "--namespace", "faults", "--name", "second"];

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_a_killed_worker_are_run_by_another_and_end_once() {
    let Some(mut cluster) = Cluster::of_parts(&[FAULTS], Settings::quick()).await else { return };
    let api = cluster.api();
    let ids = api.submit_all(6, "faults.wait", &json!({"millis": 3_000})).await;
    for id in &ids {
        assert_eq!(api.running(id).await["steps"][0]["worker"], "first");
    }
    cluster.workers[0].kill();
    cluster.workers.clear();
    cluster.add_worker(SECOND);
    for id in &ids {
        let task = api.ended(id).await;
        let step = &task["steps"][0];
        assert_eq!(task["state"], "complete", "{task:#}");
        // The attempt is the same, because the worker, and not the step, has failed.
        assert_eq!((&step["worker"], &step["attempt"]), (&json!("second"), &json!(1)), "{task:#}");
    }
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
    let again = "tasker.transitions WHERE from_state = 'in_progress' AND to_state = 'in_progress'";
    assert_eq!(cluster.tables.count(again).await, 6);
    assert!(cluster.total("tasker_queue_visibility_timeouts_total", &[]).await >= 6.0);
    assert!(cluster.total("tasker_queue_retry_attempts_total", &[]).await >= 6.0);
    let successes = cluster.total("tasker_steps_successes_total", &[]).await;
    assert_eq!(successes.to_bits(), 6.0_f64.to_bits());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_for_one_step_run_it_once() {
    // One step at a time, so that the worker without a step reads the second message.
    let settings = Settings::quick().with("worker.concurrency", 1);
    let Some(mut cluster) = Cluster::of_parts(&[FAULTS], settings).await else { return };
    let api = cluster.api();
    let id = api.submit("faults.wait", &json!({"millis": 5_000})).await;
    api.running(&id).await;
    cluster.add_worker(SECOND);
    cluster
        .tables
        .run(
            "SELECT pgmq.send('worker_faults_queue', message)
             FROM pgmq.q_worker_faults_queue LIMIT 1",
        )
        .await;
    let claim_failed = [r#"error_type="claim_failed""#];
    until("the second worker wants the step", async || {
        let samples = cluster.workers[1].scrape().await;
        samples.sum("tasker_steps_failures_total", &claim_failed) >= 1.0
    })
    .await;
    let task: Value = api.ended(&id).await;
    assert_eq!(task["state"], "complete", "{task:#}");
    assert_eq!(task["steps"][0]["worker"], "first", "{task:#}");
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
    let executions = cluster.total("tasker_steps_executions_total", &[]).await;
    assert_eq!(executions.to_bits(), 1.0_f64.to_bits());
    assert_eq!(cluster.tables.count("tasker.transitions WHERE to_state = 'in_progress'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_terminated_ends_the_steps_that_it_has() {
    let Some(mut cluster) = Cluster::of_parts(&[FAULTS], Settings::quick()).await else { return };
    let api = cluster.api();
    let id = api.submit("faults.wait", &json!({"millis": 2_000})).await;
    api.running(&id).await;
    assert!(cluster.workers[0].terminate().await.success());
    cluster.workers.clear();
    let task = api.ended(&id).await;
    assert_eq!(task["state"], "complete", "{task:#}");
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
}
