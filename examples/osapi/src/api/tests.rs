//! Answers that depend on the state of the broker. `tests/api.rs` tests the others over HTTP.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header::RETRY_AFTER},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower_service::Service;

use super::*;
use crate::broker::{EmbeddedBroker, Limits};

async fn submit(broker: &EmbeddedBroker) -> (StatusCode, HeaderMap, Value) {
    let request = Request::post("/jobs")
        .header("content-type", "application/json")
        .body(Body::from(r#"{"operation": "node.hostname"}"#))
        .expect("a valid request");
    let mut api = router(Arc::new(broker.clone()), []);
    let answer = api.call(request).await.expect("infallible");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    let json = serde_json::from_slice(&body).expect("valid JSON");
    (parts.status, parts.headers, json)
}

#[tokio::test]
async fn a_full_queue_and_a_closed_broker_are_503() {
    let broker = EmbeddedBroker::new(Limits { queued: 1, ..Limits::default() });
    let (status, _, accepted) = submit(&broker).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(accepted["status"], "queued");

    let (status, headers, refused) = submit(&broker).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers[RETRY_AFTER], "1");
    assert_eq!(refused["error"]["code"], "queue_full");

    broker.close();
    let (status, _, refused) = submit(&broker).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused["error"]["code"], "stopping");
}
