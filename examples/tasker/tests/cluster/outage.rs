//! PostgreSQL is killed and started again under load.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Cluster, Settings, until};

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
