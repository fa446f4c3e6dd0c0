//! The whole service in this process, used over real HTTP.

mod support;

use osapi::{
    app::{App, StartError},
    operations::OPERATIONS,
};
use osapi_metrics::http::ListenError;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use support::{Service, options, read, sample};

#[tokio::test]
async fn every_operation_gives_a_real_result() {
    let service = Service::start().await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), "abc").expect("written");
    for spec in OPERATIONS {
        let args = match spec.name {
            "file.sha256" => json!({"path": file.path()}),
            "wait" => json!({"millis": 5}),
            _ => serde_json::from_str(spec.example).expect("valid JSON"),
        };
        let record = service.run(spec.name, args).await;
        assert_eq!(record["status"], "completed", "{record}");
        assert_eq!(record["operation"], spec.name);
        assert_eq!(record["agent"], "test-agent");
        assert!(record["duration_seconds"].as_f64().expect("a number") >= 0.0);
        assert!(record["created_at"].as_str().expect("a text").ends_with('Z'));
        let result = &record["result"];
        match spec.name {
            "file.sha256" => assert_eq!(
                result["sha256"],
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
            "node.memory" => assert!(result["total_bytes"].as_u64() > Some(0)),
            "process.list" => {
                let processes = result["processes"].as_array().expect("a list");
                assert!((1..=5).contains(&processes.len()));
            }
            "wait" => assert!(result["waited_seconds"].as_f64() >= Some(0.005)),
            _ => assert!(result.is_object(), "{record}"),
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn a_failed_job_says_why() {
    let service = Service::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = json!({"path": folder.path().join("missing")});
    let record = service.run("file.sha256", missing).await;
    assert_eq!(record["status"], "failed");
    assert_eq!(record["error"]["code"], "not_found");
    let message = record["error"]["message"].as_str().expect("a text");
    assert!(message.starts_with("cannot read `"), "{message}");
    assert_eq!(record.get("result"), None);

    let directory = json!({"path": folder.path()});
    let record = service.run("file.sha256", directory).await;
    assert_eq!(record["error"]["code"], "not_a_file");
    service.stop().await;
}

#[tokio::test]
async fn bad_requests_are_answered_with_what_is_expected() {
    let service = Service::start().await;
    let table = [
        ("{\"operation\": ", 400, "bad_json", "/expected/operation"),
        ("[]", 400, "bad_json", "/expected/args"),
        ("{\"args\": {}}", 400, "bad_json", "/expected/operation"),
        // The fields in their order, which is no object.
        ("[\"node.hostname\", {}]", 400, "bad_json", "/expected/operation"),
        ("{\"operation\": \"wait\", \"operation\": \"wait\"}", 400, "bad_json", "/expected/args"),
        (
            "{\"operation\": \"wait\", \"args\": {\"millis\": 1, \"millis\": 2}}",
            400,
            "bad_json",
            "/expected/args",
        ),
        (
            "{\"operation\": \"wait\", \"args\": {\"millis\": 1, \"milli\\u0073\": 1}}",
            400,
            "bad_json",
            "/expected/args",
        ),
        ("{\"operation\": \"wait\", \"args\": [1]}", 400, "bad_json", "/expected/args"),
        ("{\"operation\": \"wait\", \"args\": 5}", 400, "bad_json", "/expected/args"),
        ("{\"operation\": \"wait\", \"argz\": {}}", 400, "bad_json", "/expected/args"),
        ("{\"operation\": \"file.sha1\"}", 400, "unknown_operation", "/expected/operations/wait"),
        ("{\"operation\": \"file.sha256\"}", 400, "bad_arguments", "/expected/args/path"),
        (
            "{\"operation\": \"process.list\", \"args\": {\"limit\": 501}}",
            400,
            "bad_arguments",
            "/expected/args/limit",
        ),
    ];
    for (body, status, code, expected) in table {
        let (given, answer) = read(service.post(body).await).await;
        assert_eq!(given, status, "{body}: {answer}");
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{body}");
        assert!(error["message"].is_string(), "{body}: {answer}");
        assert!(error.pointer(expected).is_some(), "{body}: {answer}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_in_json() {
    let service = Service::start().await;
    let large = vec![b' '; 10 * 1024 * 1024];
    let (status, answer) = read(service.post(large).await).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer["error"]["code"], "body_too_large");
    assert_eq!(answer["error"]["expected"]["max_bytes"], 1_048_576);

    // A client that asks first, as curl does, gets the answer without sending the body.
    let mut stream = TcpStream::connect(service.app.address()).await.expect("connected");
    let head = "POST /jobs HTTP/1.1\r\nhost: osapi\r\ncontent-type: application/json\r\n\
                content-length: 10485760\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("body_too_large"), "{answer}");
    service.stop().await;
}

#[tokio::test]
async fn wrong_media_types_methods_and_paths_are_answered_in_json() {
    let service = Service::start().await;
    let form = service.http.post(service.url("/jobs")).body("operation=wait");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let (status, answer) = read(form.send().await.expect("an answer")).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(message.contains("application/x-www-form-urlencoded"), "{message}");

    let delete = service.http.request(Method::DELETE, service.url("/jobs"));
    let answer = delete.send().await.expect("an answer");
    assert_eq!(answer.headers()["allow"], "POST");
    let (status, answer) = read(answer).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer["error"]["code"], "method_not_allowed");

    let unknown = "/jobs/0190163d-8694-739b-aea5-966c26f8ad91";
    let table = [
        ("/", 404, "no_such_path"),
        ("/jobs/1/result", 404, "no_such_path"),
        ("/jobs/1", 404, "no_such_job"),
        (unknown, 404, "no_such_job"),
        ("/jobs/1?wait=soon", 400, "bad_query"),
        ("/jobs/1?wait=1h", 400, "bad_query"),
        ("/jobs/1?wiat=1s", 400, "bad_query"),
        ("/jobs/1?wait=1s&wait=2s", 400, "bad_query"),
        ("/jobs/1?wait=%ff", 400, "bad_query"),
        ("/jobs/%ff", 400, "bad_path"),
        ("/jobs/%ff?wait=1s", 400, "bad_path"),
        ("/jobs/%00", 404, "no_such_job"),
        ("/%ff", 404, "no_such_path"),
        ("/jobs/", 404, "no_such_path"),
    ];
    for (path, status, code) in table {
        let (given, answer) = read(service.get(path).await).await;
        assert_eq!(given, status, "{path}: {answer}");
        assert_eq!(answer["error"]["code"], code, "{path}");
    }
    // Each path that a 404 lists is there.
    let (_, answer) = read(service.get("/").await).await;
    let paths = answer["error"]["expected"]["paths"].as_array().expect("a list").clone();
    let paths: Vec<&str> = paths.iter().filter_map(Value::as_str).collect();
    let all = [
        "/jobs",
        "/jobs/{id}",
        "/metrics",
        "/metrics/catalogue",
        "/health",
        "/health/ready",
        "/metrics/explorer",
        "/metrics/history",
        "/metrics/live",
    ];
    assert_eq!(paths, all);
    for path in paths {
        let answer = service.get(path).await;
        // The events go on and on.
        if path != "/metrics/live" || !answer.status().is_success() {
            let answer = answer.text().await.expect("a text");
            assert!(!answer.contains("no_such_path"), "{path}: {answer}");
        }
    }
    let submit = service.http.post(service.url("/jobs?wait=1s"));
    let submit = submit.json(&json!({"operation": "node.hostname"}));
    let (status, answer) = read(submit.send().await.expect("an answer")).await;
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (400, &json!("bad_query")));
    service.stop().await;
}

#[tokio::test]
async fn a_job_shows_in_the_metrics_with_help_and_unit() {
    let service = Service::start().await;
    let record = service.run("wait", json!({"millis": 1})).await;
    assert_eq!(record["status"], "completed");
    let missing = json!({"path": "/nonexistent/osapi"});
    let record = service.run("file.sha256", missing).await;
    assert_eq!(record["status"], "failed");

    let scrape = service.scrape().await;
    let lines = [
        "# TYPE osapi_jobs_completed counter",
        "# TYPE osapi_job_duration_seconds histogram",
        "# UNIT osapi_job_duration_seconds seconds",
        "# TYPE osapi_agents_connected gauge",
        "# UNIT http_server_request_duration_seconds seconds",
        "# EOF",
    ];
    for line in lines {
        assert!(scrape.lines().any(|found| found == line), "{line}: {scrape}");
    }
    assert!(scrape.contains("# HELP osapi_job_duration_seconds "));
    // The tests of this file share the process, and with it the counters.
    for (name, labels) in [
        ("osapi_jobs_created_total", vec![r#"job_name="wait""#]),
        ("osapi_jobs_started_total", vec![r#"job_name="wait""#]),
        ("osapi_jobs_completed_total", vec![r#"job_name="wait""#, r#"status="completed""#]),
        ("osapi_jobs_completed_total", vec![r#"job_name="file.sha256""#, r#"status="failed""#]),
        ("osapi_job_errors_total", vec![r#"job_name="file.sha256""#, r#"error_type="not_found""#]),
        ("osapi_job_duration_seconds_count", vec![r#"job_name="wait""#, r#"status="completed""#]),
        ("osapi_job_queue_wait_seconds_count", vec![r#"job_name="wait""#]),
        ("osapi_job_output_size_bytes_count", vec![r#"job_name="wait""#]),
        ("osapi_agent_jobs_processed_total", vec![r#"agent="test-agent""#]),
        (
            "http_server_request_total",
            vec![r#"http_request_method="POST""#, r#"http_response_status_code="202""#],
        ),
    ] {
        let value = sample(&scrape, name, &labels);
        assert!(value.is_some_and(|value| value >= 1.0), "{name} {labels:?} is {value:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn every_operation_is_counted_from_zero() {
    let service = Service::start().await;
    let scrape = service.scrape().await;
    for spec in OPERATIONS {
        let label = format!(r#"job_name="{}""#, spec.name);
        let started = sample(&scrape, "osapi_jobs_started_total", &[&label]);
        assert!(started.is_some_and(|started| started >= 0.0), "{label}: {started:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn health_is_served_beside_the_api() {
    let service = Service::start().await;
    for path in ["/health", "/health/ready"] {
        assert_eq!(service.get(path).await.status(), StatusCode::OK, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let service = Service::start().await;
    let taken = service.app.address();
    let error = App::start(options(taken)).await.expect_err("taken");
    let StartError::Listen(ListenError::Address { address, .. }) = &error else {
        panic!("another error: {error}");
    };
    assert_eq!(*address, taken);
    let message = error.to_string();
    assert!(message.starts_with(&format!("cannot listen on {taken}: ")), "{message}");
    service.stop().await;
}
