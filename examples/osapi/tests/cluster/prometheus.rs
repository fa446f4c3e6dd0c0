//! A real Prometheus scrapes osapi as `deploy/prometheus.yml` says, and its queries return the
//! load that was generated.

use std::time::Duration;

use osapi_metrics_tests::servers::{self, PrometheusServer};

use crate::support::{Cluster, Job, until};

const CONFIG: &str = include_str!("../../deploy/prometheus.yml");
/// The running time of a job, and the bucket of that time.
const TIME: Duration = Duration::from_millis(30);
const BUCKET: (f64, f64) = (0.025, 0.05);

#[tokio::test(flavor = "multi_thread")]
async fn queries_return_the_generated_values() {
    let Some(mut cluster) = Cluster::start(2).await else { return };
    let Some(prometheus) = servers::prometheus(&config(&cluster)) else { return };
    until("all targets are up", async || prometheus.query("up == 1").len() == 3).await;
    for target in prometheus.targets() {
        assert_eq!(target["health"], "up", "{target:#}");
        let scraped = target["scrapeUrl"].as_str().expect("a URL");
        assert!(cluster.programs().any(|program| program.url("/metrics") == scraped), "{scraped}");
    }

    let api = cluster.client();
    let load = api.load(&Job::wait(TIME));
    load.goes_on(300).await;
    let jobs = load.stop().await;
    api.all_finished(&jobs).await;
    let all = jobs.len() as f64;
    until("all jobs are scraped", async || {
        prometheus.number("sum(osapi_jobs_completed_total)") == Some(all)
    })
    .await;

    // Prometheus extrapolates to the ends of the minute, by at most the time between two scrapes at
    // each end.
    let rate = number(&prometheus, "sum(rate(osapi_jobs_completed_total[1m]))");
    assert!((0.9..1.5).contains(&(rate * 60.0 / all)), "{rate} each second of {all} in a minute");
    let by_status = prometheus.query("sum by (status) (rate(osapi_jobs_completed_total[1m])) > 0");
    assert_eq!(by_status.len(), 1, "{by_status:#?}");
    assert_eq!(by_status[0]["metric"]["status"], "completed");

    let buckets = "sum by (le) (rate(osapi_job_duration_seconds_bucket[1m]))";
    let median = number(&prometheus, &format!("histogram_quantile(0.5, {buckets})"));
    assert!(BUCKET.0 < median, "half of the jobs took more than {} s: {median}", BUCKET.0);
    let fastest = number(&prometheus, &format!("histogram_quantile(0.01, {buckets})"));
    assert!(BUCKET.0 < fastest && fastest <= median, "no job is faster than it can be: {fastest}");

    assert_eq!(prometheus.number("min(osapi_agents_connected)"), Some(2.0));
    assert_eq!(prometheus.number("sum(osapi_nats_connected)"), Some(3.0));
    cluster.nats.kill();
    until("Prometheus sees that NATS is away", async || {
        prometheus.number("sum(osapi_nats_connected)") == Some(0.0)
    })
    .await;
    cluster.nats.start_again();
    until("Prometheus sees that NATS is back", async || {
        prometheus.number("sum(osapi_nats_connected)") == Some(3.0)
            && prometheus.number("min(osapi_nats_reconnects_total)") == Some(1.0)
    })
    .await;
}

/// The file, with the targets of this cluster, and with intervals that are shorter than in real
/// use.
fn config(cluster: &Cluster) -> String {
    let replaced = [
        ("127.0.0.1:8080", cluster.api.address()),
        ("127.0.0.1:9091", cluster.agents[0].address()),
        ("127.0.0.1:9092", cluster.agents[1].address()),
        ("scrape_interval: 15s", "scrape_interval: 250ms"),
        ("scrape_timeout: 10s", "scrape_timeout: 250ms"),
    ];
    // Without the comments, because they contain addresses, too.
    let mut config: String =
        CONFIG.lines().filter(|line| !line.trim().starts_with('#')).collect::<Vec<_>>().join("\n");
    for (old, new) in replaced {
        assert_eq!(config.matches(old).count(), 1, "{old}");
        config = config.replace(old, new);
    }
    config
}

fn number(prometheus: &PrometheusServer, query: &str) -> f64 {
    prometheus.number(query).unwrap_or_else(|| panic!("{query} returns nothing"))
}
