//! The answer of each path.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, Response, StatusCode, header::ALLOW};

use super::{
    answer::{AnswerBody, JSON, answer, error, with, without_body},
    explorer::{ExplorerPaths, ExplorerSource},
    request::EndpointRequest,
    scrapes::Scrapes,
    source::MetricsSource,
    token_file::TokenFile,
};
use crate::config::{EndpointError, MetricsConfig, TAKEN_PATHS, is_plain_path};

/// The path that shows that the process is alive: it always answers `ok`.
const HEALTH: &str = TAKEN_PATHS[0];
/// The path that shows whether the process can do its work.
const READY: &str = TAKEN_PATHS[1];

/// The answers to `GET` and `HEAD` of the metrics, the explorer, `/health` and `/health/ready`.
/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Endpoint {
    inner: Arc<Inner>,
}

struct Inner {
    source: Arc<dyn MetricsSource>,
    scrapes: Scrapes,
    path: String,
    /// The same path with a slash at its end, or without; absent if something else is there.
    alias: Option<String>,
    /// The path of the catalogue, below that of the metrics.
    catalogue: String,
    explorer: ExplorerPaths,
}

/// An endpoint whose configuration has been checked, without its source.
#[derive(Debug)]
pub(crate) struct PreparedEndpoint {
    path: String,
    token_file: Option<TokenFile>,
    max_concurrent_scrapes: usize,
    scrape_timeout: Duration,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Checks the path and reads the token, so that no configured value can fail later.
    pub(crate) fn prepare(config: &MetricsConfig) -> Result<PreparedEndpoint, EndpointError> {
        check_path(&config.path)?;
        Ok(PreparedEndpoint {
            path: config.path.clone(),
            token_file: config.bearer_token_file.as_deref().map(TokenFile::open).transpose()?,
            max_concurrent_scrapes: config.max_concurrent_scrapes,
            scrape_timeout: config.scrape_timeout,
        })
    }

    /// The path of the metrics.
    fn path(&self) -> &str {
        &self.inner.path
    }

    /// The path of the catalogue.
    fn catalogue_path(&self) -> &str {
        &self.inner.catalogue
    }

    /// Every path that is answered, without the other form of the path of the metrics.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = [self.path(), self.catalogue_path(), HEALTH, READY];
        paths.into_iter().chain(self.inner.explorer.iter())
    }

    /// Every path that is answered.
    pub(super) fn routes(&self) -> impl Iterator<Item = &str> {
        self.paths().chain(self.inner.alias.as_deref())
    }

    /// Answers one request. Every request gets an answer; the status reports a failure.
    pub(crate) async fn respond(&self, request: &EndpointRequest<'_>) -> Response<AnswerBody> {
        let &EndpointRequest { method, path, headers, .. } = request;
        let Inner { scrapes, explorer, alias, .. } = &*self.inner;
        let response = if !self.routes().any(|known| known == path) {
            let hint = format!("there is nothing at this path; the metrics are at {}", self.path());
            error(StatusCode::NOT_FOUND, "no_such_path", hint)
        } else if method != Method::GET && method != Method::HEAD {
            let reason = "this path answers GET and HEAD";
            let response = error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", reason);
            with(response, ALLOW, "GET, HEAD")
        } else if path == self.path() || Some(path) == alias.as_deref() {
            scrapes.answer(request).await
        } else if path == self.catalogue_path() {
            scrapes.catalogue(&explorer.credentials(headers)).await
        } else if path == HEALTH {
            answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#)
        } else if let Some(response) = explorer.answer(request, scrapes).await {
            response
        } else {
            self.ready()
        };
        if method == Method::HEAD { without_body(response) } else { response }
    }

    fn ready(&self) -> Response<AnswerBody> {
        match self.inner.source.readiness() {
            Ok(()) => answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#),
            Err(reasons) => {
                let body = serde_json::json!({ "status": "unavailable", "reasons": reasons });
                answer(StatusCode::SERVICE_UNAVAILABLE, JSON, body.to_string())
            }
        }
    }
}

impl PreparedEndpoint {
    pub(crate) fn start(
        self,
        source: Arc<dyn MetricsSource>,
        explorer: ExplorerSource,
    ) -> Endpoint {
        let Self { path, token_file, max_concurrent_scrapes, scrape_timeout } = self;
        let scrapes =
            Scrapes::new(Arc::clone(&source), token_file, max_concurrent_scrapes, scrape_timeout);
        let catalogue = format!("{}/catalogue", path.trim_end_matches('/'));
        let (alias, explorer) = (other_form(&path), ExplorerPaths::new(&path, explorer));
        Endpoint { inner: Arc::new(Inner { source, scrapes, path, alias, catalogue, explorer }) }
    }
}

/// The path with a slash at its end, or without the slash that it ends with.
fn other_form(path: &str) -> Option<String> {
    let other = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    (!other.is_empty() && !TAKEN_PATHS.contains(&&*other)).then_some(other)
}

/// Allows paths without escapes and parameters only, which both servers compare without decoding.
fn check_path(path: &str) -> Result<(), EndpointError> {
    if !is_plain_path(path) {
        return Err(EndpointError::PathNotPlain { path: path.to_owned() });
    }
    if TAKEN_PATHS.contains(&path) {
        return Err(EndpointError::PathTaken { path: path.to_owned() });
    }
    Ok(())
}
