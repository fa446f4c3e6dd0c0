//! Records and jobs that another version has written, or nobody.

use async_nats::jetstream::{self, kv::Store};
use osapi::broker::nats::RECORDS_BUCKET;
use serde_json::{Value, json};

use crate::support::{Cluster, client, until};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_shown_as_far_as_it_can_be_or_named() {
    let Some(cluster) = Cluster::start(0).await else { return };
    let nats = async_nats::connect(cluster.nats.url()).await.expect("connected");
    let records = jetstream::new(nats).get_key_value(RECORDS_BUCKET).await.expect("the bucket");
    let done = json!({"completed": {"agent": "a", "seconds": -1e300, "result": {"hostname": "h"}}});

    for (number, created_at) in [YEAR_10000 - 1, YEAR_10000, u64::MAX].into_iter().enumerate() {
        let id = format!("{ID}{number}");
        put(&records, &id, record(&id, "node.hostname", created_at, &done)).await;
        let (status, shown) = get(&cluster, &format!("/jobs/{id}?wait=1s")).await;
        assert_eq!(status, 200, "{shown}");
        assert_eq!(shown["result"]["hostname"], "h", "{shown}");
        let created_at = (number == 0).then(|| json!("9999-12-31T23:59:59.999999Z"));
        assert_eq!(shown.get("created_at"), created_at.as_ref(), "{shown}");
    }

    let id = format!("{ID}9");
    for foreign in [
        "garbage".to_owned(),
        String::new(),
        record(&id, "node.hostname", 0, &json!("paused")),
        record(&format!("{ID}8"), "node.hostname", 0, &done),
        r#"{"version": 2}"#.to_owned(),
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
