//! What a stop says, and what open requests get.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Cluster, Job, Program, client, in_time, until};

/// NATS takes requests and answers none.
#[tokio::test(flavor = "multi_thread")]
async fn open_requests_have_answers_when_the_api_stops_while_nats_is_silent() {
    let Some(mut cluster) = Cluster::start(0).await else { return };
    let id = cluster.client().submit(&Job::wait(Duration::ZERO)).await;
    let waiting = |id: &str| {
        let url = cluster.api.url(&format!("/jobs/{id}?wait=30s"));
        tokio::spawn(async move { client().get(url).send().await })
    };
    let known = waiting(&id);
    let unknown = waiting("0197f3a0-0000-7000-8000-000000000001");
    let (status, missing) = {
        let answer = in_time("an answer", unknown).await.expect("no panic").expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    };
    assert_eq!(status, StatusCode::NOT_FOUND, "{missing}");

    cluster.nats.signal("STOP");
    let late = waiting(&id);
    let url = cluster.api.url("/jobs");
    let request = client().post(url).json(&json!({"operation": "node.load"}));
    let submitted = tokio::spawn(async move { request.send().await });
    let active = async || cluster.api.scrape().await.sum("http_server_active_requests", &[]);
    until("three requests wait", async || active().await >= 3.0).await;
    cluster.api.signal("TERM");
    for (open, statuses) in [(known, [200, 503]), (late, [200, 503]), (submitted, [503, 503])] {
        let answer = in_time("an answer", open).await.expect("no panic").expect("an answer");
        let status = answer.status().as_u16();
        let answer: Value = answer.json().await.expect("valid JSON");
        assert!(statuses.contains(&status), "{status}: {answer}");
        let of_stop = answer["status"] == "queued" || answer["error"]["code"] == "stopping";
        assert!(of_stop, "{answer}");
    }
    let status = cluster.api.ended().await;
    assert!(status.success(), "{status}");
    cluster.nats.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_without_grace_does_not_warn_of_jobs_where_there_are_none() {
    let Some(cluster) = Cluster::start(0).await else { return };
    let url = cluster.nats.url();
    for arguments in [
        &["--grace", "0s"][..],
        &["api", "--nats", &url, "--grace", "0s"],
        &["agent", "--nats", &url, "--name", "a", "--grace", "0s"],
        &["agent", "--nats", &url, "--name", "a"],
    ] {
        for _ in 0..3 {
            let mut program = Program::start(arguments, &[]);
            program.is_ready().await;
            program.signal("TERM");
            let status = program.ended().await;
            assert!(status.success(), "{status}");
            let said = program.said();
            assert!(!said.contains("jobs still run"), "{said}");
            assert!(said.trim_end().ends_with("stopped"), "{said}");
        }
    }
}
