//! Ten thousand jobs through three workers.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_jobs_are_counted_once_over_three_workers() {
    const JOBS: usize = 10_000;

    let arguments: &[&str] = &["--slots", "16"];
    let Some(cluster) = Cluster::start(&[arguments; 3]).await else { return };
    let api = cluster.api();
    let body = json!({"service": "hash", "payload": {"text": "many"}, "priority": "high"});
    let ids = api.submit_all(JOBS, &body).await;
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), JOBS, "every job has its id");

    let jobs = JOBS as f64;
    cluster.reaches("jobs_processed_total", &[r#"status="completed""#], jobs).await;
    cluster.reaches("jobs_processed_total", &[r#"status="started""#], jobs).await;
    assert_eq!(cluster.total("jobs_submitted_total", &[]).await.to_bits(), jobs.to_bits());
    for (name, labels, expected) in [
        ("jobs_processed_total", &[r#"status="failed""#][..], 0.0),
        ("job_duration_seconds_count", &[r#"status="completed""#], jobs),
        ("job_queue_wait_seconds_count", &[], jobs),
        ("job_output_size_bytes_count", &[r#"priority="high""#], jobs),
        ("job_billable_operations_total", &[r#"service="hash""#], jobs),
        ("errors_total", &[], 0.0),
        ("jobs_active", &[], 0.0),
    ] {
        cluster.reaches(name, labels, expected).await;
    }
    for worker in &cluster.workers {
        let share = worker.scrape().await.sum("jobs_processed_total", &[]);
        assert!(share > 0.0, "every worker has its share");
    }
    cluster.reaches("queue_size", &[], 0.0).await;
    cluster.reaches("workers_available", &[], 3.0).await;
    // A sample of the records; the newest are kept.
    for record in api.all_over(&ids[JOBS - 100..]).await {
        assert_eq!((&record["state"], &record["attempts"]), (&json!("completed"), &json!(1)));
    }
}
