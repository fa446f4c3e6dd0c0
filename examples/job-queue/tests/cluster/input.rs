//! Requests that nobody can use.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};

use crate::support::{Cluster, client, simulation};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_mistake_is_answered_with_what_is_expected() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let api = cluster.api();
    let with = |field: &str, value: Value| {
        let mut body = simulation(1);
        body[field] = value;
        body
    };
    let table: [(Value, &str, &str); 15] = [
        (json!({"service": "simulate"}), "bad_field", "/expected/0"),
        (json!({"service": "hash", "payload": {}}), "bad_payload", ""),
        (
            json!({"service": "hash", "payload": {"txt": ""}}),
            "bad_payload",
            "/expected/payload/text",
        ),
        (json!({"service": "hash", "payload": {"url": "http://[::1"}}), "bad_payload", ""),
        (
            json!({"service": "simulation", "payload": {"millis": "61m"}}),
            "bad_payload",
            "/expected/payload/millis",
        ),
        (with("priority", json!("urgent")), "bad_field", "/expected/3"),
        (with("timeout", json!("2h")), "bad_field", "/expected"),
        (with("timeout", json!("1ms")), "bad_field", "/expected"),
        (with("retries", json!(11)), "bad_field", "/expected"),
        (with("requirements", json!({"a b": 1})), "bad_field", "/expected/requirements"),
        (with("requirement", json!({"a": 1})), "bad_json", "/expected/requirements"),
        (json!([]), "bad_json", "/expected/service"),
        // The fields in their order, which is no object.
        (json!(["simulation", {}]), "bad_json", "/expected/service"),
        (json!({"service": "hash", "payload": ["text"]}), "bad_json", "/expected/payload"),
        (with("payload", json!(5)), "bad_json", "/expected/payload"),
    ];
    for (body, code, expected) in table {
        let (status, answer) = api.post(&body).await;
        assert_eq!(status, 400, "{body}: {answer}");
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{body}: {answer}");
        let message = error["message"].as_str().expect("a message");
        assert!(!message.is_empty(), "{answer}");
        // What would be escaped twice.
        assert!(code == "bad_json" || !message.contains('"'), "{message}");
        assert!(error.pointer(expected).is_some(), "{body}: {answer}");
    }
    let post = |path: &str, body: &'static str| {
        let request = client().post(cluster.api.url(path));
        request.header("content-type", "application/json").body(body).send()
    };
    for (path, body, code) in [
        ("/jobs", r#"{"service": "hash", "payload": {"text": "a", "text": "b"}}"#, "bad_json"),
        ("/jobs", r#"{"service": "hash", "service": "hash"}"#, "bad_json"),
        ("/jobs?wait=1s", r#"{"service": "simulation"}"#, "bad_query"),
    ] {
        let answer = post(path, body).await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], code, "{body}: {answer}");
    }
    cluster.reaches("jobs_submitted_total", &[], 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_of_ten_megabytes_is_refused_before_it_is_queued() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let body = json!({"service": "hash", "payload": {"text": "x".repeat(10_000_000)}});
    let (status, answer) = cluster.api().post(&body).await;
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (413, &json!("body_too_large")));
    assert_eq!(answer["error"]["expected"]["max_bytes"], 1_048_576);
    cluster.reaches("queue_size", &[], 0.0).await;
}

/// As RFC 9112 says, 6.1.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_coding_that_nobody_undoes_is_not_implemented() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    for (coding, status) in [
        ("chunked", "202 Accepted"),
        ("Chunked", "202 Accepted"),
        ("gzip, chunked", "501 Not Implemented"),
        ("gzip,chunked", "501 Not Implemented"),
        ("gzip\r\nTransfer-Encoding: chunked", "501 Not Implemented"),
        ("identity, chunked", "501 Not Implemented"),
    ] {
        let mut stream = TcpStream::connect(cluster.api.address()).expect("connected");
        let body = r#"{"service": "simulation"}"#;
        write!(
            stream,
            "POST /jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: \
             application/json\r\nTransfer-Encoding: {coding}\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{coding}: {answer}");
        let is_refused = status.starts_with("501");
        assert_eq!(answer.contains(r#""code":"transfer_coding""#), is_refused, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let api = cluster.api();
    for id in ["0197f3a0-0000-7000-8000-000000000000", "1", "not-an-id"] {
        for (status, answer) in [api.get(id).await, api.cancel(id).await] {
            assert_eq!(status, 404, "{id}: {answer}");
            assert_eq!(answer["error"]["code"], "no_such_job", "{answer}");
        }
    }
    for (path, status, code) in [
        ("/models/none", 404, "no_such_model"),
        ("/job", 404, "no_such_path"),
        ("/jobs/1?wait=2h", 400, "bad_query"),
        ("/jobs/%ff", 400, "bad_path"),
        ("/models/%ff", 400, "bad_path"),
        ("/jobs/1?wait=1s&wait=1s", 400, "bad_query"),
        ("/models/none?size=1", 400, "bad_query"),
        ("/events", 400, "no_web_socket"),
        ("/events?jobs=1", 400, "bad_query"),
    ] {
        let answer = client().get(cluster.api.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], code, "{path}: {answer}");
    }
}

/// Jobs with requirements that nobody has end, and say why.
#[tokio::test(flavor = "multi_thread")]
async fn requirements_that_nobody_has_make_a_job_unworkable() {
    let api = ["--unworkable-after", "1s"];
    let Some(cluster) = Cluster::start_with(&[&["--capability", "size=1"]], &api).await else {
        return;
    };
    let mut body = simulation(1);
    body["requirements"] = json!({"quantum": "yes"});
    let record = cluster.api().run(&body).await;
    assert_eq!((&record["state"], &record["attempts"]), (&json!("unworkable"), &json!(0)));
    cluster.reaches("jobs_unworkable_total", &[], 1.0).await;
    cluster.reaches("queue_size", &[], 0.0).await;
}
