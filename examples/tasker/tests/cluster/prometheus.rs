//! A real Prometheus scrapes tasker as `deploy/prometheus.yml` says, and answers a query over every
//! metric of the list.

use osapi_metrics_tests::servers;
use serde_json::json;

use crate::{
    support::{Cluster, Settings, until},
    wires::{METRICS, Type},
};

const CONFIG: &str = include_str!("../../deploy/prometheus.yml");

const WORKERS: [&[&str]; 3] = [
    &["worker", "--namespace", "math"],
    &["worker", "--namespace", "files"],
    &["worker", "--namespace", "faults"],
];

#[tokio::test(flavor = "multi_thread")]
async fn a_query_over_each_metric_returns_series() {
    let settings = Settings::quick()
        .with("channels.orchestration_command", 1)
        .with("api.request_timeout", "300ms")
        .with("breakers.web.failure_threshold", 1)
        .with("breakers.web.open_for", "2s");
    let Some(cluster) = Cluster::of_parts(&WORKERS, settings).await else { return };
    let Some(prometheus) = servers::prometheus(&config(&cluster)) else { return };
    until("all targets are up", async || prometheus.query("up == 1").len() == 4).await;
    let api = cluster.api();
    let diamond = json!({"number": 3});
    let mut tasks = api.submit_all(100, "math.diamond", &diamond).await;
    for (workflow, context) in [
        ("files.digest", json!({"path": env!("CARGO_MANIFEST_PATH")})),
        ("files.rows", json!({"rows": 5})),
        ("faults.retry", json!({"failures": 1})),
        ("faults.fail", json!({})),
        ("faults.timeout", json!({"millis": 60_000})),
        ("faults.skip", json!({"skip": true})),
    ] {
        api.run(workflow, &context).await;
    }
    // The API waits in vain for its database, and its breaker rejects requests.
    let lock = cluster.tables.lock("tasker.tasks", "ACCESS EXCLUSIVE").await;
    until("the breaker rejects a request", async || {
        let (status, answer) = api.post(&json!({"workflow": "faults.fail"})).await;
        assert_eq!(status, 503, "{answer}");
        answer["error"]["code"] == "breaker_open"
    })
    .await;
    let open = "max_over_time(api_circuit_breaker_state[5m]) == 2";
    until("Prometheus sees the open breaker", async || !prometheus.query(open).is_empty()).await;
    drop(lock);
    tasks.extend(api.submit_all(100, "math.diamond", &diamond).await);
    cluster.reaches("mpsc_channel_full_events_total", &[], 1.0).await;

    let mut queries = Vec::new();
    for metric in METRICS {
        let name = metric.scraped;
        match metric.kind {
            // A gauge can be absent at times, such as the age of empty queues.
            Type::Gauge => queries.push(format!("last_over_time({name}[5m])")),
            Type::Counter => queries.extend([name.to_owned(), format!("rate({name}[5m])")]),
            Type::Histogram => {
                let buckets = format!("rate({name}_bucket[5m])");
                queries.push(format!("{name}_count"));
                queries.push(format!("histogram_quantile(0.9, sum by (le) ({buckets}))"));
                queries.push(buckets);
            }
        }
    }
    assert!(queries.len() > METRICS.len(), "{}", queries.len());
    for query in &queries {
        until(&format!("{query} returns series"), async || !prometheus.query(query).is_empty())
            .await;
    }
    // Real work has recorded what these show. A series with the id of one task begins with its
    // first count, so that a sum shows it, and a rate only from the second count on.
    for query in [
        "sum(tasker_tasks_completions_total) > 100",
        "sum(tasker_steps_successes_total) > 400",
        "sum(rate(tasker_steps_claimed_total[5m])) > 0",
        "sum(rate(tasker_step_claim_duration_milliseconds_count[5m])) > 0",
        "sum(tasker_step_execution_duration_milliseconds_count{result=\"error\"}) > 0",
        "sum(rate(tasker_sql_queries_total[5m])) > 0",
        "sum(rate(tasker_queue_messages_sent_total[5m])) > 0",
    ] {
        until(query, async || !prometheus.query(query).is_empty()).await;
    }
    for id in tasks {
        assert_eq!(api.ended(&id).await["state"], "complete");
    }
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
    let active = "sum(tasker_tasks_active) == 0";
    until("no task is active", async || !prometheus.query(active).is_empty()).await;
}

/// The file, with the targets of this cluster, and with intervals that are shorter than in real
/// use.
fn config(cluster: &Cluster) -> String {
    let addresses: Vec<_> =
        cluster.programs().map(|program| program.address().to_string()).collect();
    let replaced = [
        ("127.0.0.1:8090", addresses[0].as_str()),
        ("127.0.0.1:8091", &addresses[1]),
        ("127.0.0.1:8092", &addresses[2]),
        ("127.0.0.1:8093", &addresses[3]),
        ("scrape_interval: 15s", "scrape_interval: 250ms"),
        ("scrape_timeout: 10s", "scrape_timeout: 250ms"),
    ];
    // Without the comments, because they contain addresses, too.
    let lines = CONFIG.lines().filter(|line| !line.trim().starts_with('#'));
    let mut config = lines.collect::<Vec<_>>().join("\n");
    for (old, new) in replaced {
        assert_eq!(config.matches(old).count(), 1, "{old}");
        config = config.replace(old, new);
    }
    config
}
