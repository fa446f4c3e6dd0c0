//! Ten thousand tasks through three workers.

use serde_json::json;

use crate::support::{Cluster, Settings, until};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_tasks_are_counted_once_over_three_workers() {
    const TASKS: usize = 10_000;

    let workers: [&[&str]; 3] = [&["worker", "--namespace", "faults"]; 3];
    let settings = Settings::quick()
        .with("telemetry.correlation_window", 0)
        .with("orchestration.sample_interval", "1s")
        .with("orchestration.scan_interval", "1s")
        .with("worker.visibility_timeout", "30s")
        .with("orchestration.visibility_timeout", "30s");
    let Some(cluster) = Cluster::of_parts(&workers, settings).await else { return };
    let api = cluster.api();
    api.submit_all(TASKS, "faults.retry", &json!({"failures": 0})).await;
    cluster.tables.all_over().await;

    let tasks = TASKS as f64;
    // A process counts just after it has written.
    cluster.reaches("tasker_tasks_completions_total", &[], tasks).await;
    cluster.reaches("tasker_steps_results_submitted_total", &[], tasks).await;
    let total = async |name: &str| cluster.total(name, &[]).await;
    let failures = total("tasker_tasks_failures_total").await;
    let ends = total("tasker_tasks_completions_total").await + failures;
    assert_eq!((total("tasker_tasks_requests_total").await, ends), (tasks, tasks));
    for name in [
        "tasker_steps_enqueued_total",
        "tasker_steps_claimed_total",
        "tasker_steps_executions_total",
        "tasker_steps_successes_total",
        "tasker_steps_results_submitted_total",
        "tasker_step_results_processed_total",
        "tasker_step_execution_duration_milliseconds_count",
    ] {
        assert_eq!(total(name).await.to_bits(), tasks.to_bits(), "{name}");
    }
    for worker in &cluster.workers {
        let share = worker.scrape().await.sum("tasker_steps_executions_total", &[]);
        assert!(share > 0.0, "every worker has its share");
    }
    for name in ["tasker_tasks_active", "tasker_steps_active_executions", "tasker_steps_ready"] {
        until(&format!("{name} is 0"), async || total(name).await <= 0.0).await;
    }
    cluster.tables.everything_ended_once().await;
    for (from, count) in [
        ("tasker.tasks WHERE state = 'complete'", 10_000),
        ("tasker.steps WHERE state = 'complete'", 10_000),
        ("tasker.transitions WHERE to_state = 'in_progress'", 10_000),
    ] {
        assert_eq!(cluster.tables.count(from).await, count, "{from}");
    }
}
