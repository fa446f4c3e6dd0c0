//! Agents that die, leave, are interrupted, and share the work.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::time::Duration;

use crate::support::{Cluster, Job, Program, Store, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_killed_agent_are_run_by_another() {
    let Some(mut cluster) = Cluster::start(1).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    let ids = api.submit_all(6, |_| Job::wait(Duration::from_secs(6))).await;
    api.run_by(&ids, "agent-1").await;

    let second = cluster.agent("agent-2", &[]).await;
    cluster.agents.push(second);
    cluster.agents_connected(2).await;
    cluster.agents[0].kill();
    let _dead = cluster.agents.remove(0);
    cluster.agents_connected(1).await;
    for record in api.all_finished(&ids).await {
        assert_eq!(record["status"], "completed", "{record}");
        assert_eq!(record["agent"], "agent-2", "{record}");
    }
    store.each_ended_once(&ids).await;
    let processed = cluster.agents[0].scrape().await;
    let labels = [r#"agent="agent-2""#];
    assert_eq!(processed.find("osapi_agent_jobs_processed_total", &labels), Some(6.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_terminated_under_load_finishes_what_it_has() {
    let Some(mut cluster) = Cluster::start(2).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    let load = api.load(&Job::wait(Duration::from_millis(50)));
    load.goes_on(100).await;

    cluster.agents[0].signal("TERM");
    let status = cluster.agents[0].ended().await;
    assert!(status.success(), "{status}");
    let _gone = cluster.agents.remove(0);
    cluster.agents_connected(1).await;
    load.goes_on(100).await;

    let accepted = load.stop().await;
    for record in api.all_finished(&accepted).await {
        assert_eq!(record["status"], "completed", "{record}");
    }
    store.each_ended_once(&accepted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_interrupted_twice_ends_at_once_and_loses_nothing() {
    let Some(mut cluster) = Cluster::start(0).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    let arguments = ["agent", "--nats", &cluster.nats.url(), "--name", "agent-1", "--grace", "1h"];
    let mut agent = Program::start(&arguments, &[]);
    let ids = [api.submit(&Job::wait(Duration::from_secs(4))).await];
    api.run_by(&ids, "agent-1").await;

    agent.signal("INT");
    until("the first interrupt is seen", async || agent.ready().await.0 == 503).await;
    agent.signal("INT");
    assert_eq!(agent.ended().await.code(), Some(130));
    assert_eq!(api.record(&ids[0]).await["status"], "running");

    let second = cluster.agent("agent-2", &[]).await;
    cluster.agents.push(second);
    let record = api.finished(&ids[0]).await;
    assert_eq!((&record["status"], &record["agent"]), (&"completed".into(), &"agent-2".into()));
    store.each_ended_once(&ids).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_terminated_while_nats_is_away_ends_and_loses_nothing() {
    let Some(mut cluster) = Cluster::start(0).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    let url = cluster.nats.url();
    let arguments = ["agent", "--nats", &url, "--name", "agent-1", "--grace", "3s"];
    let mut agent = Program::start(&arguments, &[]);
    let ids = api.submit_all(4, |_| Job::wait(Duration::from_secs(6))).await;
    api.run_by(&ids, "agent-1").await;

    cluster.nats.kill();
    until("the lost connection is seen", async || {
        agent.scrape().await.find("osapi_nats_connected", &[]) == Some(0.0)
    })
    .await;
    agent.signal("TERM");
    let status = agent.ended().await;
    assert!(status.success(), "{status}");

    cluster.nats.start_again();
    let second = cluster.agent("agent-2", &[]).await;
    cluster.agents.push(second);
    for record in api.all_finished(&ids).await {
        assert_eq!(record["status"], "completed", "{record}");
        assert_eq!(record["agent"], "agent-2", "{record}");
    }
    store.ended_once(&ids).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_jobs_are_counted_once_over_three_agents() {
    const JOBS: usize = 10_000;
    const FAILING: usize = JOBS / 10;

    let Some(cluster) = Cluster::start(3).await else { return };
    let store = Store::open(&cluster.nats).await;
    let job = |number| match number % 10 {
        0 => Job::failing(),
        _ => Job::wait(Duration::ZERO),
    };
    let ids = cluster.client().submit_all(JOBS, job).await;
    store.each_ended_once(&ids).await;

    // An agent counts a job just after it has stored its end.
    let (jobs, failing) = (JOBS as f64, FAILING as f64);
    let processed = "osapi_agent_jobs_processed_total";
    until("all are counted", async || cluster.total(processed, &[]).await >= jobs).await;
    assert_eq!(cluster.total(processed, &[]).await, jobs);
    for agent in &cluster.agents {
        assert!(agent.scrape().await.sum(processed, &[]) > 0.0, "every agent has its share");
    }

    assert_eq!(cluster.total("osapi_jobs_created_total", &[]).await, jobs);
    assert_eq!(cluster.total("osapi_jobs_started_total", &[]).await, jobs);
    assert_eq!(cluster.total("osapi_jobs_active", &[]).await, 0.0);
    let mut ended = 0.0;
    for status in ["completed", "failed", "timed_out", "cancelled", "panicked"] {
        let count = ended_as(&cluster, status).await;
        let expected = match status {
            "completed" => jobs - failing,
            "failed" => failing,
            _ => 0.0,
        };
        assert_eq!(count, expected, "{status}");
        ended += count;
    }
    assert_eq!(ended, jobs);
    assert_eq!(cluster.total("osapi_job_duration_seconds_count", &[]).await, jobs);
    assert_eq!(cluster.total("osapi_job_errors_total", &[]).await, failing);
}

async fn ended_as(cluster: &Cluster, status: &str) -> f64 {
    let label = format!(r#"status="{status}""#);
    cluster.total("osapi_jobs_completed_total", &[&label]).await
}
