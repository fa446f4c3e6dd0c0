//! Records and jobs that another version has written, or nobody.

use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, kv::Store};
use futures_util::StreamExt;
use osapi::broker::nats::RECORDS_BUCKET;
use serde_json::{Value, json};

use crate::support::{Cluster, PATIENCE, client, until};

const ID: &str = "0197f3a0-0000-7000-8000-00000000000";

/// Microseconds from 1970 to the year 10000.
const YEAR_10000: u64 = 253_402_300_800_000_000;

async fn get(cluster: &Cluster, path: &str) -> (u16, Value) {
    let answer = client().get(cluster.api.url(path)).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("valid JSON"))
}

async fn put(records: &Store, id: &str, record: String) {
    records.put(id, record.into()).await.expect("written");
}

fn record(id: &str, operation: &str, created_at: u64, state: &Value) -> String {
    let job = json!({"id": id, "operation": operation, "args": {}, "created_at": created_at});
    json!({"job": job, "attempts": 1, "state": state}).to_string()
}

/// A state whose running time is this.
fn ended_after(seconds: &Value) -> Value {
    let ended = json!({"agent": "a", "seconds": seconds, "result": {"hostname": "h"}});
    json!({ "completed": ended })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_shown_as_far_as_it_can_be_or_named() {
    let Some(cluster) = Cluster::start(0).await else { return };
    let nats = async_nats::connect(cluster.nats.url()).await.expect("connected");
    let records = jetstream::new(nats).get_key_value(RECORDS_BUCKET).await.expect("the bucket");
    let done = ended_after(&json!(0.5));

    for (number, created_at) in [YEAR_10000 - 1, YEAR_10000, u64::MAX].into_iter().enumerate() {
        let id = format!("{ID}{number}");
        put(&records, &id, record(&id, "node.hostname", created_at, &done)).await;
        let (status, shown) = get(&cluster, &format!("/jobs/{id}?wait=1s")).await;
        assert_eq!(status, 200, "{shown}");
        assert_eq!(shown["result"]["hostname"], "h", "{shown}");
        let created_at = (number == 0).then(|| json!("9999-12-31T23:59:59.999999Z"));
        assert_eq!(shown.get("created_at"), created_at.as_ref(), "{shown}");
    }

    let table = [json!(0.5), json!(-1), json!(-1e300), json!(1e308), Value::Null];
    for (number, seconds) in table.iter().enumerate() {
        let id = format!("{ID}{number}");
        put(&records, &id, record(&id, "node.hostname", 0, &ended_after(seconds))).await;
        let (status, shown) = get(&cluster, &format!("/jobs/{id}")).await;
        assert_eq!((status, &shown["result"]["hostname"]), (200, &json!("h")), "{shown}");
        // A number that is no time is left out.
        let duration = (number == 0).then_some(seconds);
        assert_eq!(shown.get("duration_seconds"), duration, "{shown}");
    }

    // Operations of other versions.
    for (operation, id) in [("node.reboot", format!("{ID}6")), ("wait", format!("{ID}7"))] {
        put(&records, &id, record(&id, operation, 0, &done)).await;
        let (status, shown) = get(&cluster, &format!("/jobs/{id}")).await;
        assert_eq!(status, 200, "{shown}");
        assert_eq!(
            (&shown["operation"], &shown["status"]),
            (&operation.into(), &"completed".into())
        );
    }

    let id = format!("{ID}9");
    for foreign in [
        "garbage".to_owned(),
        String::new(),
        record(&id, "node.hostname", 0, &json!("paused")),
        // The record of another job.
        record(&format!("{ID}8"), "node.hostname", 0, &done),
        r#"{"version": 2}"#.to_owned(),
        // A number that is none.
        record(&id, "node.hostname", 0, &ended_after(&json!("NaN"))),
    ] {
        put(&records, &id, foreign.clone()).await;
        for path in [format!("/jobs/{id}"), format!("/jobs/{id}?wait=30s")] {
            let (status, answer) = get(&cluster, &path).await;
            assert_eq!(status, 502, "{foreign}: {answer}");
            assert_eq!(answer["error"]["code"], "foreign_record", "{foreign}");
            let message = answer["error"]["message"].as_str().expect("a text");
            assert!(message.contains(&id), "{foreign}: {message}");
        }
    }
    assert_eq!(cluster.api.ready().await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_far_future_runs() {
    let Some(cluster) = Cluster::start(1).await else { return };
    let nats = async_nats::connect(cluster.nats.url()).await.expect("connected");
    let context = jetstream::new(nats);
    let id = format!("{ID}0");
    let job = json!({"id": id, "operation": "node.hostname", "args": {}, "created_at": u64::MAX});
    let sent = context.publish(format!("osapi.jobs.{id}"), job.to_string().into()).await;
    sent.expect("sent").await.expect("accepted");
    until("the job has ended", async || {
        let (status, shown) = get(&cluster, &format!("/jobs/{id}?wait=30s")).await;
        status == 200 && shown["status"] == "completed"
    })
    .await;
    assert_eq!(cluster.agents[0].ready().await.0, 200);
}

/// The job of a newer API that has not written a record. No agent here knows the operation.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_nobody_can_run_is_shown_logged_once_and_its_end_is_counted() {
    let Some(cluster) = Cluster::start(0).await else { return };
    let nats = async_nats::connect(cluster.nats.url()).await.expect("connected");
    let context = jetstream::new(nats);
    let id = format!("{ID}0");
    let job = json!({"id": id, "operation": "node.reboot", "args": {"in": 1}, "created_at": 0});
    let sent = context.publish(format!("osapi.jobs.{id}"), job.to_string().into()).await;
    sent.expect("sent").await.expect("accepted");

    // Others give it back at once, so that the test need not wait for all deliveries to the agent.
    let queue = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let agents: PullConsumer = queue.get_consumer("agents").await.expect("the consumer");
    for _ in 0..17 {
        let request = agents.batch().max_messages(1).expires(PATIENCE);
        let mut messages = request.messages().await.expect("asked");
        let message = messages.next().await.expect("the job").expect("the job");
        message.ack_with(AckKind::Nak(None)).await.expect("given back");
    }
    let agent = cluster.agent("agent-1", &[]).await;
    until("the job is shown", async || get(&cluster, &format!("/jobs/{id}")).await.0 == 200).await;
    let (_, shown) = get(&cluster, &format!("/jobs/{id}")).await;
    assert_eq!((&shown["status"], &shown["operation"]), (&"queued".into(), &"node.reboot".into()));
    until("the job is given up", async || {
        get(&cluster, &format!("/jobs/{id}")).await.1["error"]["code"] == "given_up"
    })
    .await;
    let labels = [r#"job_name="node.reboot""#, r#"status="failed""#];
    until("its end is counted", async || {
        agent.scrape().await.find("osapi_jobs_completed_total", &labels) == Some(1.0)
    })
    .await;
    let log = agent.said();
    assert_eq!(log.matches("a job cannot be run here").count(), 1, "{log}");
    assert!(log.matches(&id).count() == 2, "when it cannot be run, and when it is given up: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_the_id_of_another_job_is_not_run() {
    let Some(cluster) = Cluster::start(1).await else { return };
    let nats = async_nats::connect(cluster.nats.url()).await.expect("connected");
    let context = jetstream::new(nats);
    let (id, other) = (format!("{ID}0"), format!("{ID}1"));
    let job = json!({"id": other, "operation": "node.hostname", "args": {}, "created_at": 0});
    let sent = context.publish(format!("osapi.jobs.{id}"), job.to_string().into()).await;
    sent.expect("sent").await.expect("accepted");
    let agent = &cluster.agents[0];
    until("the log has it", async || agent.said().contains("is not a job; it is removed")).await;
    for id in [id, other] {
        assert_eq!(get(&cluster, &format!("/jobs/{id}")).await.0, 404);
    }
}
