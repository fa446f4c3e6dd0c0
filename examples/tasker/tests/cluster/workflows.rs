//! Every sample workflow ends as it should.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Cluster, Settings};

/// The name, the state, the attempts and the output of each step.
type Steps<'a> = &'a [(&'a str, &'a str, i64, Value)];

fn check(task: &Value, state: &str, steps: Steps<'_>) {
    assert_eq!(task["state"], state, "{task:#}");
    let names: Vec<_> = steps.iter().map(|(name, ..)| *name).collect();
    let found = task["steps"].as_array().expect("a list of steps");
    assert_eq!(found.iter().map(|step| &step["name"]).collect::<Vec<_>>(), names, "{task:#}");
    for (step, (name, state, attempts, output)) in found.iter().zip(steps) {
        assert_eq!(step["state"], *state, "{name}: {task:#}");
        assert_eq!(step["attempt"], *attempts, "{name}: {task:#}");
        assert_eq!(step["output"], *output, "{name}: {task:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_without_faults_complete() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let api = cluster.api();
    let done = |name, output: i64| (name, "complete", 1, json!(output));

    let linear = api.run("math.linear", &json!({"number": 3})).await;
    let powers = [done("first", 9), done("second", 81), done("third", 6_561)];
    let fourth = [done("fourth", 43_046_721)];
    check(&linear, "complete", &[&powers[..], &fourth[..]].concat());

    let diamond = api.run("math.diamond", &json!({"number": -3})).await;
    let steps = [done("start", 9), done("left", 81), done("right", 18), done("join", 99)];
    check(&diamond, "complete", &steps);

    let tree = api.run("math.tree", &json!({"number": 2})).await;
    let steps = [
        done("root", 4),
        done("left", 16),
        done("right", 8),
        done("left_square", 256),
        done("left_double", 32),
        done("right_square", 64),
        done("right_double", 16),
        done("total", 368),
    ];
    check(&tree, "complete", &steps);

    let rows = api.run("files.rows", &json!({"rows": 17})).await;
    let (write, count) = (json!({"rows": 17}), json!({"rows": 17}));
    check(&rows, "complete", &[("write", "complete", 1, write), ("count", "complete", 1, count)]);
    assert_eq!(cluster.tables.count("tasker.rows").await, 17);

    for (skip, state) in [(true, "skipped"), (false, "complete")] {
        let skipped = api.run("faults.skip", &json!({"skip": skip})).await;
        let steps = [("optional", state, 1, Value::Null), ("after", "complete", 1, Value::Null)];
        check(&skipped, "complete", &steps);
    }
    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_hashed_here_and_by_another_program() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("abc");
    fs::write(&path, "abc").expect("a file in a temporary folder");
    let path = path.display().to_string();

    let digest = cluster.api().run("files.digest", &json!({"path": path})).await;
    // Of `abc`, by the standards for both.
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let (sha256, cksum) =
        (json!({"sha256": sha256, "bytes": 3}), json!({"cksum": format!("1219131554 3 {path}")}));
    let steps = [("sha256", "complete", 1, sha256), ("cksum", "complete", 1, cksum)];
    check(&digest, "complete", &steps);

    let missing = cluster.api().run("files.digest", &json!({"path": "/no/such/file"})).await;
    let steps = [("sha256", "error", 3, Value::Null), ("cksum", "cancelled", 0, Value::Null)];
    check(&missing, "error", &steps);
    assert_eq!(missing["steps"][0]["error"]["class"], "file", "{missing:#}");
    cluster.tables.everything_ended_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_with_faults_end_as_their_faults_say() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let api = cluster.api();

    for (failures, attempts) in [(0, 1), (2, 3)] {
        let retried = api.run("faults.retry", &json!({"failures": failures})).await;
        check(
            &retried,
            "complete",
            &[("flaky", "complete", attempts, json!({"attempt": attempts}))],
        );
    }
    let exhausted = api.run("faults.retry", &json!({"failures": 3})).await;
    check(&exhausted, "error", &[("flaky", "error", 3, Value::Null)]);

    let failed = api.run("faults.fail", &json!({})).await;
    let steps = [("broken", "error", 1, Value::Null), ("never", "cancelled", 0, Value::Null)];
    check(&failed, "error", &steps);
    assert_eq!(failed["steps"][0]["error"]["class"], "asked", "{failed:#}");

    let panicked = api.run("faults.panic", &json!({})).await;
    check(&panicked, "error", &[("panics", "error", 1, Value::Null)]);
    assert_eq!(panicked["steps"][0]["error"]["class"], "panicked", "{panicked:#}");

    let late = api.run("faults.timeout", &json!({"millis": 60_000})).await;
    check(&late, "error", &[("slow", "error", 1, Value::Null)]);
    assert_eq!(late["steps"][0]["error"]["class"], "timed_out", "{late:#}");

    let waiting = api.submit("faults.wait", &json!({"millis": 60_000})).await;
    api.running(&waiting).await;
    let (status, answer) = api.cancel(&waiting).await;
    assert_eq!((status.as_u16(), &answer["state"]), (202, &json!("cancelling")), "{answer}");
    let cancelled = api.ended(&waiting).await;
    check(&cancelled, "cancelled", &[("wait", "cancelled", 1, Value::Null)]);

    cluster.tables.all_over().await;
    cluster.tables.everything_ended_once().await;
}
