//! Starts the whole service on a free port and talks to it over HTTP.

mod sample;

pub(crate) use sample::sample;

use std::{net::SocketAddr, num::NonZeroUsize, time::Duration};

use osapi::{
    agent::AgentOptions,
    app::{App, AppOptions, Role},
};
use osapi_metrics::{config::MetricsConfig, http::ServerLimits};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

/// The running service and a client for it.
pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) http: reqwest::Client,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let app = App::start(options(SocketAddr::from(([127, 0, 0, 1], 0))))
            .await
            .expect("the service starts");
        let http = reqwest::Client::builder().no_proxy().build();
        Self { app, http: http.expect("a client without TLS") }
    }

    pub(crate) async fn stop(self) {
        self.app.stop(Duration::from_secs(10)).await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.app.address())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let answer = self.http.get(self.url(path)).send().await;
        answer.expect("an answer")
    }

    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>) -> Response {
        let request = self.http.post(self.url("/jobs")).body(body);
        let request = request.header("content-type", "application/json");
        request.send().await.expect("an answer")
    }

    /// Submits a job and returns its id.
    pub(crate) async fn submit(&self, operation: &str, args: Value) -> String {
        let body = json!({"operation": operation, "args": args});
        let answer = self.post(body.to_string()).await;
        let (status, accepted) = read(answer).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{accepted}");
        assert_eq!(accepted["status"], "queued");
        accepted["id"].as_str().expect("an id").to_owned()
    }

    /// The record of a job that is over.
    pub(crate) async fn finished(&self, id: &str) -> Value {
        let (status, record) = read(self.get(&format!("/jobs/{id}?wait=30s")).await).await;
        assert_eq!(status, StatusCode::OK, "{record}");
        record
    }

    /// Submits a job and waits for its end.
    pub(crate) async fn run(&self, operation: &str, args: Value) -> Value {
        let id = self.submit(operation, args).await;
        self.finished(&id).await
    }

    /// A scrape in the `OpenMetrics` format.
    pub(crate) async fn scrape(&self) -> String {
        let request = self.http.get(self.url("/metrics"));
        let request = request.header("accept", "application/openmetrics-text; version=1.0.0");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a whole body")
    }
}

pub(crate) fn options(listen: SocketAddr) -> AppOptions {
    let mut metrics = MetricsConfig::default();
    metrics.enabled = true;
    AppOptions {
        role: Role::Everything {
            listen,
            agent: AgentOptions {
                name: "test-agent".into(),
                concurrency: NonZeroUsize::new(4).expect("not 0"),
            },
        },
        metrics,
        limits: ServerLimits::default(),
    }
}

/// Status and JSON body of an answer.
pub(crate) async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    assert_eq!(kind.expect("a content type"), "application/json");
    (status, answer.json().await.expect("valid JSON"))
}
