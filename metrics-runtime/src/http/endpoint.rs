//! What each path answers.

use std::{error::Error, fmt, sync::Arc};

use http::{HeaderMap, Method, Response, StatusCode, header::ALLOW};

use super::{
    answer::{AnswerBody, JSON, PLAIN, answer, with, without_body},
    scrapes::Scrapes,
};
use crate::{
    config::{EndpointError, MetricsConfig},
    exposition::Format,
};

/// Whether the process is alive: it answers, so it is.
pub(super) const HEALTH: &str = "/health";
/// Whether the process can do its work.
pub(super) const READY: &str = "/health/ready";

/// What the endpoint asks of the runtime.
pub(crate) trait Source: Send + Sync + 'static {
    /// Collects everything and writes it down. It runs the callbacks of users and may take its time, so it is
    /// called where blocking is allowed.
    fn render(&self, format: Format) -> Result<String, Box<dyn Error + Send + Sync>>;

    /// Why there is nothing to scrape, with the status that says so; `None` if there is.
    fn unavailable(&self) -> Option<(StatusCode, &'static str)>;

    /// Why the process cannot do its work now. Called on the request's own task: it must not block.
    fn readiness(&self) -> Result<(), Vec<String>>;
}

/// The answers to `GET` and `HEAD` of the metrics, `/health` and `/health/ready`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Endpoint {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<dyn Source>,
    scrapes: Scrapes,
    path: String,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("path", &self.shared.path).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Checks the path and reads the token, so that nothing that is configured can fail later on.
    pub(crate) fn new(
        source: Arc<dyn Source>,
        config: &MetricsConfig,
    ) -> Result<Self, EndpointError> {
        check_path(&config.path)?;
        let scrapes = Scrapes::new(Arc::clone(&source), config)?;
        let path = config.path.clone();
        Ok(Self { shared: Arc::new(Shared { source, scrapes, path }) })
    }

    /// The path that a scrape asks for.
    pub(super) fn path(&self) -> &str {
        &self.shared.path
    }

    /// Answers one request. Every request gets an answer; what goes wrong is in its status.
    pub(crate) async fn respond(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<AnswerBody> {
        let known = path == self.path() || path == HEALTH || path == READY;
        let response = if !known {
            let hint = format!("not found; the metrics are at {}\n", self.path());
            answer(StatusCode::NOT_FOUND, PLAIN, hint)
        } else if method != Method::GET && method != Method::HEAD {
            let refusal = "this path answers GET and HEAD\n";
            let response = answer(StatusCode::METHOD_NOT_ALLOWED, PLAIN, refusal);
            with(response, ALLOW, "GET, HEAD")
        } else if path == self.path() {
            self.shared.scrapes.answer(headers).await
        } else if path == HEALTH {
            answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#)
        } else {
            self.ready()
        };
        if method == Method::HEAD { without_body(response) } else { response }
    }

    fn ready(&self) -> Response<AnswerBody> {
        match self.shared.source.readiness() {
            Ok(()) => answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#),
            Err(reasons) => {
                let body = serde_json::json!({ "status": "unavailable", "reasons": reasons });
                answer(StatusCode::SERVICE_UNAVAILABLE, JSON, body.to_string())
            }
        }
    }
}

/// Allows plain paths only, which both servers compare as they stand: no escapes, no parameters.
fn check_path(path: &str) -> Result<(), EndpointError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(plain) {
        return Err(EndpointError::PathNotPlain { path: path.to_owned() });
    }
    if path == HEALTH || path == READY {
        return Err(EndpointError::PathTaken { path: path.to_owned() });
    }
    Ok(())
}
