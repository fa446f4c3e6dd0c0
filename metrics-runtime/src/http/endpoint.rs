//! What each path answers.

use std::{error::Error, fmt, path::Path, sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName,
        RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    },
};
use http_body_util::Full;
use hyper::body::Bytes;
use tokio::time::timeout;

use super::{
    bearer::{BearerToken, BearerTokenError},
    rendering::{Body, Renderings},
};
use crate::exposition::{self, Format};

/// Whether the process is alive: it answers, so it is.
pub(super) const HEALTH: &str = "/health";
/// Whether the process can do its work.
pub(super) const READY: &str = "/health/ready";

/// Longer than Prometheus waits by default (10 s): it sees its own time-out first.
const SCRAPE_LIMIT: Duration = Duration::from_secs(15);

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

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
    renderings: Renderings,
    path: String,
    bearer_token: Option<BearerToken>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("path", &self.shared.path).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Checks the path and reads the token, so that nothing can fail later on.
    pub(crate) fn new(
        source: Arc<dyn Source>,
        path: &str,
        bearer_token_file: Option<&Path>,
    ) -> Result<Self, EndpointError> {
        check_path(path)?;
        Ok(Self {
            shared: Arc::new(Shared {
                renderings: Renderings::new(Arc::clone(&source)),
                source,
                path: path.to_owned(),
                bearer_token: bearer_token_file.map(BearerToken::from_file).transpose()?,
            }),
        })
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
    ) -> Response<Full<Bytes>> {
        let known = path == self.path() || path == HEALTH || path == READY;
        let response = if !known {
            let hint = format!("not found; the metrics are at {}\n", self.path());
            answer(StatusCode::NOT_FOUND, PLAIN, hint)
        } else if method != Method::GET && method != Method::HEAD {
            let refusal = "this path answers GET and HEAD\n";
            let response = answer(StatusCode::METHOD_NOT_ALLOWED, PLAIN, refusal);
            with(response, ALLOW, "GET, HEAD")
        } else if path == self.path() {
            self.scrape(headers).await
        } else if path == HEALTH {
            answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#)
        } else {
            self.ready()
        };
        if method == Method::HEAD { without_body(response) } else { response }
    }

    async fn scrape(&self, headers: &HeaderMap) -> Response<Full<Bytes>> {
        if let Some(token) = &self.shared.bearer_token
            && !token.admits(headers)
        {
            let refusal = "the metrics need the configured bearer token\n";
            let response = answer(StatusCode::UNAUTHORIZED, PLAIN, refusal);
            return with(response, WWW_AUTHENTICATE, r#"Bearer realm="metrics""#);
        }
        if let Some((status, reason)) = self.shared.source.unavailable() {
            return answer(status, PLAIN, format!("{reason}\n"));
        }
        let Some(format) = exposition::negotiate(joined(headers, &ACCEPT).as_deref()) else {
            let offer = format!(
                "available are {} and {}\n",
                Format::OpenMetrics.content_type(),
                Format::Text.content_type()
            );
            let response = answer(StatusCode::NOT_ACCEPTABLE, PLAIN, offer);
            return with(response, VARY, "Accept, Accept-Encoding");
        };
        let compressed = exposition::accepts_gzip(joined(headers, &ACCEPT_ENCODING).as_deref());

        let body = self.shared.renderings.body(Body { format, compressed });
        let rendered = timeout(SCRAPE_LIMIT, body).await;
        let Ok(rendered) = rendered else {
            let reason = format!("not collected within {} s\n", SCRAPE_LIMIT.as_secs());
            let response = answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, reason);
            return with(response, RETRY_AFTER, "10");
        };
        match rendered {
            Ok(body) => {
                let response = answer(StatusCode::OK, format.content_type(), body);
                let response = with(response, VARY, "Accept, Accept-Encoding");
                if compressed { with(response, CONTENT_ENCODING, "gzip") } else { response }
            }
            Err(error) => {
                let reason = format!("the metrics could not be rendered: {error}\n");
                answer(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, reason)
            }
        }
    }

    fn ready(&self) -> Response<Full<Bytes>> {
        match self.shared.source.readiness() {
            Ok(()) => answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#),
            Err(reasons) => {
                let body = serde_json::json!({ "status": "unavailable", "reasons": reasons });
                answer(StatusCode::SERVICE_UNAVAILABLE, JSON, body.to_string())
            }
        }
    }
}

fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    with(response, CONTENT_TYPE, content_type)
}

fn with(
    mut response: Response<Full<Bytes>>,
    name: HeaderName,
    value: &'static str,
) -> Response<Full<Bytes>> {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

/// The answer to `HEAD`: the same headers, with the length that `GET` would have.
fn without_body(response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = hyper::body::Body::size_hint(&body).exact() {
        parts.headers.insert(CONTENT_LENGTH, length.into());
    }
    Response::from_parts(parts, Full::default())
}

/// All lines of a list header as one (RFC 9110, 5.3); lines that are not text are left out.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
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

/// Why the endpoint cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The path is not one that a scraper can ask for as it stands.
    #[error(
        "`telemetry.metrics.path` is `{path}`; allowed is a path that begins with `/` and has only letters, \
         digits and `/-._~`, such as `/metrics`"
    )]
    PathNotPlain {
        /// The path as it was configured.
        path: String,
    },
    /// The path is one of the two health paths.
    #[error(
        "`telemetry.metrics.path` is `{path}`, where the process reports its health; choose another, such as `/metrics`"
    )]
    PathTaken {
        /// The path as it was configured.
        path: String,
    },
    /// The bearer token cannot be used.
    #[error(transparent)]
    BearerToken(#[from] BearerTokenError),
}
