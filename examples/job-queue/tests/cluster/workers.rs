//! Workers that die, stop, and lack what a job needs.

use serde_json::json;

use crate::support::{Cluster, EventClient, simulation, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_a_killed_worker_goes_to_another() {
    let Some(mut cluster) = Cluster::start(&[&[], &[]]).await else { return };
    let api = cluster.api();
    // Each worker has more slots than there are jobs.
    let ids = api.submit_all(6, &simulation(3_000)).await;
    for id in &ids {
        api.has_state(id, "running").await;
    }
    let victim = cluster.workers[0].scrape().await.sum("jobs_active", &[]);
    cluster.workers[0].kill();
    cluster.workers.remove(0);
    let records = api.all_over(&ids).await;
    assert!(records.iter().all(|record| record["state"] == "completed"), "{records:#?}");
    let moved = records.iter().filter(|record| record["attempts"] == 2).count();
    assert_eq!(
        (moved as f64).to_bits(),
        victim.to_bits(),
        "the jobs of the dead worker ran again: {records:#?}"
    );
    cluster.reaches("jobs_recovered_total", &[], victim).await;
    cluster.reaches("jobs_processed_total", &[r#"status="completed""#], 6.0).await;
    cluster.reaches("workers_available", &[], 1.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_ends_its_job_or_gives_it_back() {
    let Some(mut cluster) = Cluster::start(&[&["--grace", "30s"]]).await else { return };
    let api = cluster.api();
    let short = api.submit(&simulation(1_000)).await;
    api.has_state(&short, "running").await;
    assert!(cluster.workers[0].terminate().await.success());
    assert_eq!(api.over(&short).await["state"], "completed");

    cluster.workers.clear();
    cluster.add_worker("hasty", &["--grace", "3s"]).await;
    let long = api.submit(&simulation(60_000)).await;
    api.has_state(&long, "running").await;
    assert!(cluster.workers[0].terminate().await.success());
    api.has_state(&long, "queued").await;
    assert_eq!(api.cancel(&long).await.0, 200);
    assert_eq!(api.over(&long).await["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_without_grace_warns_of_jobs_only_where_some_run() {
    const WARNING: &str = "jobs still run; giving them back";
    let grace: &[&str] = &["--grace", "0s"];
    let Some(mut cluster) = Cluster::start_with(&[grace, grace], grace).await else { return };
    let api = cluster.api();
    assert!(cluster.workers[1].terminate().await.success());
    let log = cluster.workers[1].log();
    assert!(!log.contains(WARNING) && log.contains("stopped"), "{log}");
    let job = api.submit(&simulation(60_000)).await;
    api.has_state(&job, "running").await;
    assert!(cluster.workers[0].terminate().await.success());
    let log = cluster.workers[0].log();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains(WARNING)).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("jobs=1"), "{log}");
    api.has_state(&job, "queued").await;
    assert!(cluster.api.terminate().await.success());
    let log = cluster.api.log();
    assert!(!log.contains(WARNING) && log.contains("stopped"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_to_a_worker_that_has_what_it_requires() {
    let workers: [&[&str]; 2] =
        [&["--capability", "size=2", "--capability", "zone=eu"], &["--capability", "size=8"]];
    let Some(cluster) = Cluster::start(&workers).await else { return };
    let api = cluster.api();
    for (requirements, worker) in [
        (json!({"size": 4}), "worker-2"),
        (json!({"zone": "eu"}), "worker-1"),
        (json!({"size": 2, "zone": "eu"}), "worker-1"),
    ] {
        let mut body = simulation(1);
        body["requirements"] = requirements;
        let record = api.run(&body).await;
        assert_eq!((&record["state"], &record["worker"]), (&json!("completed"), &json!(worker)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_classified_and_retried() {
    let Some(cluster) = Cluster::start(&[&[]]).await else { return };
    let api = cluster.api();
    let failing = |kind: &str, attempts: u32, retries: u32| {
        json!({
            "service": "simulation",
            "payload": {"fail": kind, "failing_attempts": attempts},
            "timeout": "500ms",
            "retries": retries,
        })
    };
    for (kind, state, error) in [
        ("timeout", "timed_out", "timeout"),
        ("memory", "failed", "memory"),
        ("network", "failed", "network"),
        ("connection", "failed", "connection"),
        ("unknown", "failed", "unknown"),
        ("panic", "failed", "unknown"),
    ] {
        let record = api.run(&failing(kind, 9, 0)).await;
        assert_eq!((&record["state"], &record["error"]["type"]), (&json!(state), &json!(error)));
        let label = format!(r#"error_type="{error}""#);
        until("the error is counted", async || {
            cluster.total("errors_total", &[&label]).await > 0.0
        })
        .await;
    }
    let record = api.run(&failing("connection", 2, 3)).await;
    assert_eq!((&record["state"], &record["attempts"]), (&json!("completed"), &json!(3)));
    cluster.reaches("job_retries_total", &[], 2.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_cancelled_for_the_client_and_for_the_worker() {
    let Some(cluster) = Cluster::start(&[&[]]).await else { return };
    let api = cluster.api();
    let mut events = EventClient::connect(&cluster.api, "").await;
    let id = api.submit(&simulation(60_000)).await;
    api.has_state(&id, "running").await;
    assert_eq!(api.cancel(&id).await.0, 200);
    assert_eq!(events.states(&id).await, ["queued", "assigned", "running", "cancelled"]);
    // The worker drops the work, long before the job's time is over.
    cluster.reaches("jobs_active", &[], 0.0).await;
    cluster.reaches("jobs_cancelled_total", &[], 1.0).await;
    assert_eq!(api.cancel(&id).await.0, 409);
}
