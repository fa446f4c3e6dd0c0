//! The flow of one task, by the id that all of its work has in common.

use serde_json::{Value, json};

use crate::support::{Cluster, Settings, until};

/// What one task with N steps adds to: 1, N, N, N, N, N, 1.
const FLOW: [&str; 7] = [
    "tasker_tasks_requests_total",
    "tasker_steps_enqueued_total",
    "tasker_steps_executions_total",
    "tasker_steps_successes_total",
    "tasker_steps_results_submitted_total",
    "tasker_step_results_processed_total",
    "tasker_tasks_completions_total",
];

async fn flow(cluster: &Cluster, id: &str) -> Vec<f64> {
    let label = format!(r#"correlation_id="{id}""#);
    let mut flow = Vec::new();
    for name in FLOW {
        flow.push(cluster.total(name, &[&label]).await);
    }
    flow
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_of_a_task_with_n_steps_is_1_n_n_n_n_n_1() {
    let workers: [&[&str]; 3] = [
        &["worker", "--namespace", "math"],
        &["worker", "--namespace", "files"],
        &["worker", "--namespace", "faults"],
    ];
    let Some(cluster) = Cluster::of_parts(&workers, Settings::quick()).await else { return };
    let api = cluster.api();
    let tasks: [(&str, Value, f64); 5] = [
        ("math.linear", json!({"number": 2}), 4.0),
        ("math.diamond", json!({"number": 2}), 4.0),
        ("math.tree", json!({"number": 2}), 8.0),
        ("files.rows", json!({"rows": 5}), 2.0),
        ("faults.wait", json!({"millis": 1}), 1.0),
    ];
    for (workflow, context, steps) in tasks {
        let body = json!({"workflow": workflow, "context": context, "correlation_id": workflow});
        let (status, accepted) = api.post(&body).await;
        assert_eq!(status, 202, "{accepted}");
        assert_eq!(accepted["correlation_id"], workflow);
        api.ended(accepted["id"].as_str().expect("an id")).await;
        let expected = [1.0, steps, steps, steps, steps, steps, 1.0];
        // A process counts just after it has written.
        let what = format!("{workflow} is counted");
        until(&what, async || flow(&cluster, workflow).await >= expected.to_vec()).await;
        assert_eq!(flow(&cluster, workflow).await, expected, "{workflow}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_trace_is_the_id_of_its_task() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let header = format!("00-{TRACE}-b7ad6b7169203331-01");
    let body = json!({
        "workflow": "math.diamond",
        "context": {"number": 2},
        "correlation_id": "of-the-body",
    });
    let (status, accepted) = cluster.api().post_traced(&body, Some(&header)).await;
    assert_eq!((status.as_u16(), &accepted["correlation_id"]), (202, &json!(TRACE)), "{accepted}");
    let task = cluster.api().ended(accepted["id"].as_str().expect("an id")).await;
    assert_eq!(task["correlation_id"], TRACE, "{task:#}");
    let expected = [1.0, 4.0, 4.0, 4.0, 4.0, 4.0, 1.0];
    until("the task is counted", async || flow(&cluster, TRACE).await == expected).await;
    let of_trace = format!("tasker.tasks WHERE correlation_id = '{TRACE}'");
    assert_eq!(cluster.tables.count(&of_trace).await, 1);
}

/// No series of the claims has the id: exemplars have it, which a scrape in `OpenMetrics` shows.
#[tokio::test(flavor = "multi_thread")]
async fn the_claims_of_a_task_are_found_by_the_id_in_exemplars() {
    let settings = Settings::quick().with("telemetry.correlation_window", 0);
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let body = json!({
        "workflow": "math.diamond",
        "context": {"number": 2},
        "correlation_id": "of-the-body",
    });
    // The first scrape opens the gates again that the start may have closed.
    cluster.orchestration.open_metrics().await;
    let (status, accepted) = cluster.api().post(&body).await;
    assert_eq!(status, 202, "{accepted}");
    cluster.api().ended(accepted["id"].as_str().expect("an id")).await;
    let is_claim = |line: &str| {
        line.starts_with("tasker_steps_claimed_total{")
            || line.starts_with("tasker_step_claim_duration_milliseconds_bucket{")
    };
    until("a scrape shows the id", async || {
        let text = cluster.orchestration.open_metrics().await;
        let with_exemplar: Vec<_> =
            text.lines().filter(|line| is_claim(line) && line.contains(" # ")).collect();
        let of_counter = with_exemplar.iter().any(|line| line.contains("_total{"));
        let of_histogram = with_exemplar.iter().any(|line| line.contains("_bucket{"));
        for line in &with_exemplar {
            let (series, exemplar) = line.split_once(" # ").expect("an exemplar");
            assert!(!series.contains("correlation_id"), "{line}");
            assert!(exemplar.contains(r#"correlation_id="of-the-body""#), "{line}");
        }
        of_counter && of_histogram
    })
    .await;
}
