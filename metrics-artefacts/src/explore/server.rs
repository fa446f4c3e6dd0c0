//! The paths of the page, as a process has them for itself.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{RawQuery, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http_body::Frame;
use osapi_metrics::catalogue::document::CatalogueDocument;
use osapi_metrics_explorer::{HistoryQuery, Interrupted, Live, Pieces, Viewer, page};
use serde_json::json;

use super::{merged::Merged, target::Target};

const JSON: &str = "application/json";

/// What the answers are made of. Cheap to clone.
#[derive(Clone)]
pub(super) struct Page(Arc<Shared>);

struct Shared {
    live: Mutex<Live>,
    targets: Arc<[Target]>,
    /// The catalogues of a person; if there is none, the processes show theirs.
    given: Vec<Arc<CatalogueDocument>>,
    merged: Merged,
}

impl Page {
    pub(super) fn new(live: Live, targets: Arc<[Target]>, given: Vec<CatalogueDocument>) -> Self {
        let given = given.into_iter().map(Arc::new).collect();
        let (live, merged) = (Mutex::new(live), Merged::default());
        Self(Arc::new(Shared { live, targets, given, merged }))
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What any of the processes declares.
    pub(super) fn catalogue(&self) -> Arc<CatalogueDocument> {
        let Shared { targets, given, merged, .. } = &*self.0;
        if given.is_empty() {
            merged.of(targets.iter().filter_map(Target::document).collect())
        } else {
            merged.of(given.clone())
        }
    }
}

/// The paths of the page.
pub(super) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(async || Redirect::temporary("/metrics/explorer")))
        .route("/metrics/explorer", get(document))
        .route("/metrics/history", get(history))
        .route("/metrics/live", get(live))
        .route("/metrics/catalogue", get(catalogue))
        .method_not_allowed_fallback(async || {
            error(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "there are GET and HEAD")
        })
        .fallback(async || {
            let paths = "there are /metrics/explorer, /metrics/history, /metrics/live and \
                         /metrics/catalogue";
            error(StatusCode::NOT_FOUND, "unknown_path", paths)
        })
        .with_state(page)
}

async fn document() -> Response {
    let mut response = answer(StatusCode::OK, "text/html; charset=utf-8", page::document());
    for (name, value) in page::HEADERS {
        let header = HeaderName::from_static(name);
        response.headers_mut().insert(header, HeaderValue::from_static(value));
    }
    response
}

async fn history(State(page): State<Page>, RawQuery(query): RawQuery) -> Response {
    let query = match HistoryQuery::parse(&query.unwrap_or_default()) {
        Ok(query) => query,
        Err(mistake) => {
            return error(StatusCode::BAD_REQUEST, "wrong_parameter", &mistake.to_string());
        }
    };
    apart(move || {
        let history = Body::new(History(Pieces::new(page.live().answer(&query).map(Bytes::from))));
        answer(StatusCode::OK, JSON, history)
    })
    .await
}

async fn live(State(page): State<Page>) -> Response {
    let watch = move || match page.live().watch() {
        Ok(viewer) => {
            let events = Body::new(Events(viewer));
            answer(StatusCode::OK, "text/event-stream", events)
        }
        Err(refused) => {
            let reason = refused.to_string();
            error(StatusCode::SERVICE_UNAVAILABLE, "too_many_viewers", &reason)
        }
    };
    apart(watch).await
}

async fn catalogue(State(page): State<Page>) -> Response {
    apart(move || {
        let document = page.catalogue();
        if document.sets.is_empty() {
            let reason = "no process has shown its catalogue";
            return error(StatusCode::NOT_FOUND, "no_catalogue", reason);
        }
        answer(StatusCode::OK, JSON, document.to_json())
    })
    .await
}

/// Runs where blocking is allowed: a frame may be recorded now.
async fn apart(run: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(run).await.unwrap_or_else(|_| {
        error(StatusCode::INTERNAL_SERVER_ERROR, "panicked", "the answer could not be written")
    })
}

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")];
    (status, headers, body.into()).into_response()
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": message } });
    answer(status, JSON, body.to_string())
}

/// The history, which is written while it is read.
struct History(Pieces);

impl HttpBody for History {
    type Data = Bytes;
    type Error = Interrupted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        self.0.poll_next(context).map_ok(Frame::data)
    }
}

/// The events of one viewer.
struct Events(Viewer);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_next(context).map(|event| Some(Ok(Frame::data(event?))))
    }
}
