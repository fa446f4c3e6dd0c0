//! An orchestration that is stopped and killed under load.

use serde_json::json;

use crate::support::{Cluster, Settings, until};

#[tokio::test(flavor = "multi_thread")]
async fn no_task_is_lost_when_the_orchestration_is_restarted_under_load() {
    let workers: [&[&str]; 2] = [&["worker", "--namespace", "math"]; 2];
    // A message of a process that was killed is read again after a second.
    let settings = Settings::quick().with("orchestration.visibility_timeout", "1s");
    let Some(mut cluster) = Cluster::of_parts(&workers, settings).await else { return };
    let mut accepted = Vec::new();
    for kill in [true, false, true] {
        let api = cluster.api();
        accepted.extend(api.submit_all(100, "math.diamond", &json!({"number": 2})).await);
        // Most of the tasks are open.
        if kill {
            cluster.orchestration.kill();
        } else {
            assert!(cluster.orchestration.terminate().await.success());
        }
        cluster.start_orchestration().await;
    }
    let api = cluster.api();
    for id in &accepted {
        let task = api.ended(id).await;
        assert_eq!(task["state"], "complete", "{task:#}");
        assert_eq!(task["steps"][3]["output"], 24, "{task:#}");
    }
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
    let tasks = cluster.tables.count("tasker.tasks").await;
    assert_eq!(usize::try_from(tasks), Ok(accepted.len()));
    let active = async || cluster.total("tasker_tasks_active", &[]).await;
    until("no task is shown as active", async || active().await <= 0.0).await;
}
