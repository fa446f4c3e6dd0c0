//! Requests and messages that nobody can use.

use std::process::Stdio;

use osapi_metrics_tests::servers::ServerProcess;
use serde_json::{Value, json};

use crate::support::{Cluster, Settings, client};

/// The id of a task that something else than tasker makes.
const TASK: &str = "0197f3a0-0000-7000-8000-000000000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_mistake_is_answered_with_what_is_expected() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let api = cluster.api();
    let table: [(Value, &str, &str); 11] = [
        (
            json!({"workflow": "math.dimond"}),
            "unknown_workflow",
            "/expected/workflows/math.diamond",
        ),
        (json!({"workflow": "math.diamond"}), "bad_context", "/expected/context/number"),
        (
            json!({"workflow": "math.diamond", "context": {"number": 11}}),
            "bad_context",
            "/expected/context/number",
        ),
        (
            json!({"workflow": "math.diamond", "context": {"number": "61m"}}),
            "bad_context",
            "/expected/context/number",
        ),
        (
            json!({"workflow": "math.diamond", "context": {"number": 1, "more": 1}}),
            "bad_context",
            "/expected/context/number",
        ),
        (json!({"workflow": "faults.fail", "correlation_id": "a b"}), "bad_correlation_id", ""),
        (json!({"workflow": "faults.fail", "contexts": {}}), "", "/expected/workflow"),
        (json!({"workflow": 3}), "", "/expected/workflow"),
        (json!([]), "", "/expected/workflow"),
        // The fields in their order, which is no object.
        (json!(["faults.fail", {}, null]), "bad_json", "/expected/workflow"),
        (json!({"workflow": "faults.fail", "context": []}), "bad_json", "/expected/workflow"),
    ];
    for (body, code, expected) in table {
        let (status, answer) = api.post(&body).await;
        assert_eq!(status, 400, "{body}: {answer}");
        let error = &answer["error"];
        assert!(code.is_empty() || error["code"] == code, "{body}: {answer}");
        // Without what JSON escapes.
        let message = error["message"].as_str().expect("a text");
        assert!(!message.is_empty() && !message.contains(['"', '\\']), "{answer}");
        assert!(error.pointer(expected).is_some(), "{body}: {answer}");
    }
    let url = cluster.orchestration.url("/v1/tasks");
    for body in [
        "{",
        "",
        "\u{0}",
        "{\"workflow\": \"math.linear\"} more",
        r#"{"workflow": "math.diamond", "context": {"number": 1, "number": 2}}"#,
        r#"{"workflow": "faults.fail", "workflow": "faults.fail"}"#,
    ] {
        let request = client().post(&url).header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert!(answer["error"]["expected"]["workflow"].is_string(), "{body}: {answer}");
    }
    let submit = client().post(format!("{url}?wait=1s")).json(&json!({"workflow": "faults.fail"}));
    let get = |path: &str| client().get(cluster.orchestration.url(path));
    for (request, code) in [
        (submit, "bad_query"),
        (get("/v1/tasks/%ff"), "bad_path"),
        (get("/v1/tasks/1?wait=1s"), "bad_query"),
        (client().post(format!("{url}/%ff/cancel")), "bad_path"),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{code}");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
    assert_eq!(cluster.tables.count("tasker.tasks").await, 0);
}

/// The address is that of nobody, so that only a context with one meaning gets to it.
#[test]
fn submit_refuses_a_context_with_two_meanings() {
    let submit = |context: &str| {
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
        command.args(["submit", "math.diamond", context, "--api", "http://127.0.0.1:0"]);
        let output = command.stderr(Stdio::piped()).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(1), "{context}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    for (context, problem) in [
        (r#"{"number": 1, "number": 2}"#, "the key `number` is given twice at line 1 column 22"),
        (r#"{"number": {"a": 1, "\u0061": 2}}"#, "the key `a` is given twice at line 1 column 28"),
        ("{\"number\": 1,\n\"number\": 1}", "the key `number` is given twice at line 2 column 8"),
        ("[1]", "expected an object at line 1 column 0"),
        ("{\"number\": 1} {}", "trailing characters at line 1 column 15"),
        ("{", "at line 1 column 1"),
    ] {
        let said = submit(context);
        assert!(said.starts_with("tasker: the context is not one JSON object: "), "{said}");
        assert!(said.trim_end().ends_with(problem), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert!(submit(r#"{"number": 1}"#).contains("does not answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_task_is_not_found_and_an_ended_task_is_not_cancelled() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let api = cluster.api();
    for id in ["0197f3a0-0000-7000-8000-000000000000", "1", "not-an-id"] {
        for (status, answer) in [api.get(id).await, api.cancel(id).await] {
            assert_eq!(status, 404, "{id}: {answer}");
            assert_eq!(answer["error"]["code"], "no_such_task", "{answer}");
        }
    }
    let ended = api.run("faults.fail", &json!({})).await;
    let id = ended["id"].as_str().expect("an id");
    let (status, answer) = api.cancel(id).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer["error"]["message"].as_str().expect("text").contains("`error`"), "{answer}");
    assert_eq!(api.get(id).await.1["state"], "error");
    cluster.tables.everything_ended_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_messages_are_counted_and_archived_and_nothing_stops() {
    // The last ones are a number of PostgreSQL and none of this program, and a key of the reader.
    const FOREIGN: [&str; 7] = [
        "{\"foreign\": true}",
        "17",
        "\"text\"",
        "null",
        "[]",
        "1e999",
        "{\"$serde_json::private::RawValue\": \"[[[\"}",
    ];
    const READ: [&str; 3] =
        ["orchestration_task_requests", "orchestration_step_results", "worker_math_queue"];

    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    for queue in READ {
        for message in FOREIGN {
            cluster.tables.run(&format!("SELECT pgmq.send('{queue}', '{message}')")).await;
        }
    }
    // These are messages, and about nothing that exists.
    let stranger = "0197f3a0-0000-7000-8000-000000000000";
    let request = json!({"request": "start", "task": stranger, "correlation_id": "none"});
    let result = json!({
        "task": stranger, "step": 1, "attempt": 1, "correlation_id": "none",
        "result_type": "success",
    });
    for (queue, message) in READ.iter().zip([request, result]) {
        cluster.tables.run(&format!("SELECT pgmq.send('{queue}', '{message}')")).await;
    }
    let foreign = (READ.len() * FOREIGN.len()) as f64;
    cluster.reaches("tasker_queue_errors_total", &[], foreign).await;
    cluster.tables.all_over().await;
    assert_eq!(cluster.total("tasker_queue_errors_total", &[]).await.to_bits(), foreign.to_bits());
    for queue in READ {
        let archived = cluster.tables.count(&format!("pgmq.a_{queue}")).await;
        assert_eq!(archived, 7, "{queue}");
    }
    let task = cluster.api().run("math.tree", &json!({"number": 2})).await;
    assert_eq!(task["state"], "complete", "{task:#}");
}

/// Nothing grows with what a stranger writes as the id of a request.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_is_foreign_in_labels_and_in_the_log() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let send = |queue: &str, id: &str, more: &str| {
        format!(
            "SELECT pgmq.send('{queue}', jsonb_build_object('task', '{TASK}', 'correlation_id', \
             {id}, {more}));"
        )
    };
    let long = "repeat('stranger', 100000)";
    cluster
        .tables
        .run(&format!(
            "INSERT INTO tasker.tasks (id, correlation_id, workflow, namespace, context, state)
             VALUES ('{TASK}', {long}, repeat('stranger', 1000), 'math', '{{}}', 'pending');
             {}{}{}",
            send("worker_math_queue", long, "'step', 999, 'attempt', 1"),
            send("orchestration_step_results", long, "'step', 1, 'attempt', 1, 'result_type', 7"),
            send("orchestration_task_requests", long, "'request', 'start'"),
        ))
        .await;
    cluster.tables.all_over().await;
    let samples = cluster.orchestration.scrape().await;
    let labels = [r#"correlation_id="foreign""#];
    assert_eq!(samples.sum("tasker_tasks_failures_total", &labels).to_bits(), 1_f64.to_bits());
    for text in [samples.text(), &cluster.orchestration.log()] {
        let longest = text.lines().map(str::len).max();
        assert!(longest < Some(2_000), "{longest:?}");
    }
}

/// What another version or a person has written is left as it is, found once, and keeps no other
/// step from its next attempt.
#[tokio::test(flavor = "multi_thread")]
async fn steps_that_cannot_be_tried_again_keep_nobody_waiting() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    // More than are looked for at once, of each kind.
    let due = |namespace: &str, state: &str, attempt: &str| {
        format!(
            "WITH task AS (
                 INSERT INTO tasker.tasks
                     (id, correlation_id, workflow, namespace, context, state)
                 SELECT gen_random_uuid(), 'x', 'math.diamond', '{namespace}', '{{}}', '{state}'
                 FROM generate_series(1, 150) RETURNING id)
             INSERT INTO tasker.steps (task_id, position, name, namespace, handler, state, attempt,
                 max_attempts, timeout_millis, retry_at)
             SELECT id, 1, 's', '{namespace}', 'h', 'waiting_for_retry', {attempt}, 3, 1, now()
             FROM task;"
        )
    };
    for rows in [
        due("math", "waiting_for_retry", "2147483647"),
        due("nobody", "waiting_for_retry", "1"),
        due("math", "of_another_version", "1"),
        due("math", "blocked_by_failures", "1"),
    ] {
        cluster.tables.run(&rows).await;
    }
    let task = cluster.api().run("faults.retry", &json!({"failures": 1})).await;
    assert_eq!(task["state"], "complete", "{task:#}");
    let log = cluster.orchestration.log();
    assert!(!log.contains("cannot be enqueued") && !log.contains("was not processed"), "{log}");
}

/// PostgreSQL takes the number, and no handler can.
#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_cannot_be_read_ends_its_task() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    cluster
        .tables
        .run(&format!(
            "INSERT INTO tasker.tasks (id, correlation_id, workflow, namespace, context, state)
             VALUES ('{TASK}', 'x', 'math.diamond', 'math', '{{\"number\": 1e999}}', 'pending');
             SELECT pgmq.send('orchestration_task_requests', jsonb_build_object('task', '{TASK}',
                 'correlation_id', 'x', 'request', 'start'));"
        ))
        .await;
    let task = cluster.api().ended(TASK).await;
    assert_eq!(task["state"], "error", "{task:#}");
    assert_eq!(task["steps"][0]["error"]["class"], "invalid_context", "{task:#}");
    cluster.tables.all_over().await;
}

/// PostgreSQL keeps numbers that are too large for other programs, and values that are nested more
/// deeply than they read.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_shown_with_outputs_and_errors_as_they_are_stored() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    let task = cluster.api().run("math.linear", &json!({"number": 2})).await;
    let id = task["id"].as_str().expect("an id");
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let digits = format!("-1{}", "0".repeat(400));
    for (stored, shown) in [
        ("-1e400", &*digits),
        ("{\"n\": [1e-400]}", "0000000000000000000001"),
        ("12345678901234567890123.10", "12345678901234567890123.10"),
        (&*deep, &*deep),
    ] {
        let update = format!("UPDATE tasker.steps SET output = '{stored}', error = '{stored}'");
        cluster.tables.run(&update).await;
        let url = cluster.orchestration.url(&format!("/v1/tasks/{id}"));
        let answer = client().get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{stored}");
        let text = answer.text().await.expect("a text");
        assert_eq!(text.matches(shown).count(), 2 * 4, "{stored}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_with_a_step_of_another_version_is_not_complete() {
    let Some(cluster) = Cluster::whole(Settings::quick()).await else { return };
    cluster
        .tables
        .run(&format!(
            "INSERT INTO tasker.tasks (id, correlation_id, workflow, namespace, context, state,
                 created_at)
             VALUES ('{TASK}', 'x', 'math.diamond', 'math', '{{}}', 'steps_in_process',
                 'infinity');
             INSERT INTO tasker.steps (task_id, position, name, namespace, handler, state, attempt,
                 max_attempts, timeout_millis)
             SELECT '{TASK}', position, name, 'math', 'h', state, 1, 3, 1
             FROM (VALUES (1, 'known', 'in_progress'), (2, 'other', 'paused'))
                 AS steps (position, name, state);
             SELECT pgmq.send('orchestration_step_results', jsonb_build_object('task', task_id,
                 'step', id, 'attempt', 1, 'correlation_id', 'x', 'result_type', 'success'))
             FROM tasker.steps WHERE name = 'known';"
        ))
        .await;
    let api = cluster.api();
    let task = api.once(TASK, |task| task["steps"][0]["state"] == "complete").await;
    assert_eq!(task["state"], "steps_in_process", "{task:#}");
    // It has no duration, because it has never begun.
    assert!(task.get("duration_seconds").is_none(), "{task:#}");
    let end = "UPDATE tasker.steps SET state = 'in_progress' WHERE name = 'other';
         SELECT pgmq.send('orchestration_step_results', jsonb_build_object('task', task_id, 'step',
             id, 'attempt', 1, 'correlation_id', 'x', 'result_type', 'success'))
         FROM tasker.steps WHERE name = 'other';";
    cluster.tables.run(end).await;
    assert_eq!(api.ended(TASK).await["state"], "complete");
}
