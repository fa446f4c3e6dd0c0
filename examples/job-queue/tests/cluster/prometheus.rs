//! A real Prometheus scrapes job-queue as `deploy/prometheus.yml` says, and its queries return the
//! load that was generated.

use osapi_metrics_tests::servers;

use crate::support::{Cluster, simulation, until};

const CONFIG: &str = include_str!("../../deploy/prometheus.yml");

#[tokio::test(flavor = "multi_thread")]
async fn queries_return_the_generated_values() {
    let Some(mut cluster) = Cluster::start(&[&[], &[]]).await else { return };
    let Some(prometheus) = servers::prometheus(&config(&cluster)) else { return };
    until("all targets are up", async || prometheus.query("up == 1").len() == 3).await;

    let api = cluster.api();
    let ids = api.submit_all(200, &simulation(20)).await;
    api.all_over(&ids).await;
    until("all jobs are scraped", async || {
        prometheus.number(r#"sum(jobs_processed_total{status="completed"})"#) == Some(200.0)
    })
    .await;
    for query in [
        "sum by (service, status) (rate(jobs_processed_total[1m])) > 0",
        "histogram_quantile(0.95, sum by (le, service) (rate(job_duration_seconds_bucket[5m])))",
        "max(worker_saturation_ratio)",
        "sum(rate(http_requests_total[1m])) > 0",
        "rate(http_request_duration_seconds_sum[1m])",
    ] {
        assert!(!prometheus.query(query).is_empty(), "{query} returns nothing");
    }
    // The queue is counted each second, and the last count may be from before the last job ended.
    until("both workers are free", async || {
        prometheus.number("sum(workers_available)") == Some(2.0)
    })
    .await;
    assert_eq!(prometheus.number("sum(active_users)"), Some(1.0));

    cluster.workers[0].kill();
    until("Prometheus sees that a worker is gone", async || {
        prometheus.number("sum(workers_available)") == Some(1.0)
            && prometheus.number("sum(up)") == Some(2.0)
    })
    .await;
    cluster.redis.kill();
    until("Prometheus sees that the queue cannot be read", async || {
        prometheus.query("queue_size").is_empty()
    })
    .await;
}

/// The file, with the targets of this cluster, and with intervals that are shorter than in real
/// use.
fn config(cluster: &Cluster) -> String {
    let replaced = [
        ("127.0.0.1:8070", cluster.api.address().to_string()),
        ("127.0.0.1:8071", cluster.workers[0].address().to_string()),
        ("127.0.0.1:8072", cluster.workers[1].address().to_string()),
        ("scrape_interval: 15s", "scrape_interval: 250ms".to_owned()),
        ("scrape_timeout: 10s", "scrape_timeout: 250ms".to_owned()),
    ];
    // Without the comments, because they contain addresses, too.
    let mut config: String =
        CONFIG.lines().filter(|line| !line.trim().starts_with('#')).collect::<Vec<_>>().join("\n");
    for (old, new) in replaced {
        assert_eq!(config.matches(old).count(), 1, "{old}");
        config = config.replace(old, &new);
    }
    config
}
