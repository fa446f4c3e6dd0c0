//! NATS goes away and comes back.

use std::time::Duration;

use crate::support::{Cluster, Job, Program, Store, until};

const CONNECTED: &str = "osapi_nats_connected";
const RECONNECTS: &str = "osapi_nats_reconnects_total";

#[tokio::test(flavor = "multi_thread")]
async fn no_accepted_job_is_lost_or_stored_twice_when_nats_is_killed_under_load() {
    let Some(mut cluster) = Cluster::start(2).await else { return };
    let store = Store::open(&cluster.nats).await;
    let api = cluster.client();
    for program in cluster.programs() {
        assert_eq!(connection(program).await, (Some(1.0), Some(0.0)));
    }

    let load = api.load(&Job::wait(Duration::from_millis(20)));
    for outage in 1..=2 {
        load.goes_on(200).await;
        cluster.nats.kill();
        for program in cluster.programs() {
            until("the lost connection is seen", async || connection(program).await.0 == Some(0.0))
                .await;
            until("a program without its broker is not ready", async || {
                let (status, reason) = program.ready().await;
                status == 503 && reason.contains("NATS")
            })
            .await;
            assert_eq!(program.alive().await, 200);
        }
        assert_eq!(api.try_submit(&Job::wait(Duration::ZERO)).await, None, "NATS is away");

        cluster.nats.start_again();
        for program in cluster.programs() {
            program.is_ready().await;
            let counted = (Some(1.0), Some(f64::from(outage)));
            until("the reconnect is counted", async || connection(program).await == counted).await;
        }
    }
    load.goes_on(200).await;

    let accepted = load.stop().await;
    for record in api.all_finished(&accepted).await {
        assert_eq!(record["status"], "completed", "{record}");
    }
    store.ended_once(&accepted).await;
    cluster.agents_connected(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_without_nats_wait_for_it() {
    let Some(mut cluster) = Cluster::start(0).await else { return };
    let url = cluster.nats.url();
    cluster.nats.kill();
    let api = Program::start(&["api", "--nats", &url], &[]);
    let agent = Program::start(&["agent", "--nats", &url, "--name", "early"], &[]);
    for program in [&api, &agent] {
        let (status, reason) = program.ready().await;
        assert_eq!(status, 503, "{reason}");
        assert!(reason.contains("NATS"), "{reason}");
        assert_eq!(program.alive().await, 200);
        assert_eq!(connection(program).await, (Some(0.0), Some(0.0)));
    }
    cluster.api = api;
    assert_eq!(cluster.client().try_submit(&Job::wait(Duration::ZERO)).await, None);

    cluster.nats.start_again();
    cluster.agents.push(agent);
    for program in cluster.programs() {
        program.is_ready().await;
        // The first connection is not a reconnect.
        assert_eq!(connection(program).await, (Some(1.0), Some(0.0)));
    }
    let api = cluster.client();
    let id = api.submit(&Job::wait(Duration::ZERO)).await;
    let record = api.finished(&id).await;
    assert_eq!((&record["status"], &record["agent"]), (&"completed".into(), &"early".into()));
}

/// The connection gauge and the reconnect counter of a program.
async fn connection(program: &Program) -> (Option<f64>, Option<f64>) {
    let samples = program.scrape().await;
    (samples.find(CONNECTED, &[]), samples.find(RECONNECTS, &[]))
}
