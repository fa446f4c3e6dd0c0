use std::{
    borrow::Cow,
    fmt,
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    },
};
use hyper::body::Bytes;
use osapi_metrics_explorer::{HistoryQuery, Pieces, Viewer, page};

use super::{
    super::{
        answer::{
            AnswerBody, BodySource, BrokenBody, JSON, answer, error, holding, with,
            written_while_read,
        },
        request::{EndpointRequest, joined},
        scrapes::{Rejection, Scrapes},
        server::Draining,
    },
    password,
};
use crate::{
    explorer::{Explorer, NothingToSee},
    exposition::{self, GzipPieces},
};

/// The explorer; absent if it is off.
pub(crate) type ExplorerSource = Option<Explorer>;

/// The paths of the explorer, and their answers.
pub(in crate::http) struct ExplorerPaths {
    explorer: Option<Explorer>,
    page: String,
    history: String,
    live: String,
}

/// What a browser is asked for beside the bearer token.
const CHALLENGE: HeaderValue = HeaderValue::from_static(
    r#"Basic realm="metrics: any name, and the token as the password", charset="UTF-8""#,
);

impl ExplorerPaths {
    /// The paths below the path of the metrics.
    pub(in crate::http) fn new(metrics: &str, explorer: ExplorerSource) -> Self {
        let below = |name: &str| format!("{}/{name}", metrics.trim_end_matches('/'));
        Self { explorer, page: below("explorer"), history: below("history"), live: below("live") }
    }

    pub(in crate::http) fn iter(&self) -> impl Iterator<Item = &str> {
        [&*self.page, &*self.history, &*self.live].into_iter()
    }

    /// The headers of a request, with a password as a bearer token.
    pub(in crate::http) fn credentials<'h>(&self, headers: &'h HeaderMap) -> Cow<'h, HeaderMap> {
        if self.explorer.is_some() { password::as_token(headers) } else { Cow::Borrowed(headers) }
    }

    /// The answer to a request for one of the paths.
    pub(in crate::http) async fn answer(
        &self,
        request: &EndpointRequest<'_>,
        scrapes: &Scrapes,
    ) -> Option<Response<AnswerBody>> {
        if !self.iter().any(|path| path == request.path) {
            return None;
        }
        let Some(explorer) = &self.explorer else {
            let reason = "the explorer is off; `telemetry.metrics.explorer: true` or \
                          METRICS_EXPLORER=true turns it on";
            return Some(error(StatusCode::NOT_FOUND, "explorer_off", reason));
        };
        let headers = self.credentials(request.headers);
        let response = match scrapes.check(&headers).await {
            Err(rejection) => refused(rejection),
            Ok(()) if request.path == self.page => page_answer(request),
            Ok(()) if request.path == self.history => history(request, explorer, scrapes).await,
            Ok(()) => watch(request, explorer).await,
        };
        Some(with(response, CACHE_CONTROL, "no-store"))
    }
}

/// A browser that gets no answer for want of the token asks a person for it.
fn refused(rejection: Rejection) -> Response<AnswerBody> {
    let mut response = rejection.into_answer();
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().append(WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}

fn page_answer(request: &EndpointRequest<'_>) -> Response<AnswerBody> {
    static COMPRESSED: OnceLock<Bytes> = OnceLock::new();
    const HTML: &str = "text/html; charset=utf-8";

    let compressed = accepts_gzip(request);
    let body = if compressed {
        COMPRESSED.get_or_init(|| exposition::gzip(page::document().as_bytes()).into()).clone()
    } else {
        Bytes::from_static(page::document().as_bytes())
    };
    let response = encoded(answer(StatusCode::OK, HTML, body), compressed);
    page::HEADERS.into_iter().fold(response, |response, (name, value)| {
        with(response, HeaderName::from_static(name), value)
    })
}

async fn history(
    request: &EndpointRequest<'_>,
    explorer: &Explorer,
    scrapes: &Scrapes,
) -> Response<AnswerBody> {
    let query = match HistoryQuery::parse(request.query.unwrap_or_default()) {
        Ok(query) => query,
        Err(mistake) => {
            return error(StatusCode::BAD_REQUEST, "wrong_parameter", mistake.to_string());
        }
    };
    let permit = match scrapes.admit() {
        Ok(permit) => permit,
        Err(rejection) => return rejection.into_answer(),
    };
    let compressed = accepts_gzip(request);
    let explorer = explorer.clone();
    let history = match apart(move || explorer.history(&query)).await {
        Ok(history) => history,
        Err(reason) => return unseen(&reason),
    };
    let source: Box<dyn BodySource> = if request.method == Method::HEAD {
        Box::new(Nothing)
    } else if compressed {
        Box::new(Pieces::new(GzipPieces::new(history).map(Bytes::from)))
    } else {
        Box::new(Pieces::new(history.map(Bytes::from)))
    };
    holding(encoded(written_while_read(JSON, source), compressed), permit)
}

async fn watch(request: &EndpointRequest<'_>, explorer: &Explorer) -> Response<AnswerBody> {
    const EVENTS: &str = "text/event-stream";
    // A proxy that waits for more would show nothing.
    const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

    let begin =
        |events: Box<dyn BodySource>| with(written_while_read(EVENTS, events), UNBUFFERED, "no");
    if request.method == Method::HEAD {
        return begin(Box::new(Nothing));
    }
    let explorer = explorer.clone();
    match apart(move || explorer.watch()).await {
        Ok(viewer) => {
            let draining = request.draining.cloned().map(Draining::wait);
            begin(Box::new(LiveEvents { viewer, draining }))
        }
        Err(reason) => unseen(&reason),
    }
}

/// Runs where blocking is allowed: a frame may be recorded now.
async fn apart<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, NothingToSee> + Send + 'static,
) -> Result<T, NothingToSee> {
    // It fails if it panics, or if the tokio runtime ends.
    tokio::task::spawn_blocking(run).await.unwrap_or(Err(NothingToSee::Ended))
}

fn unseen(reason: &NothingToSee) -> Response<AnswerBody> {
    let (code, wait) = match reason {
        NothingToSee::Ended | NothingToSee::Split => ("no_metrics", "10"),
        NothingToSee::TooManyViewers(_) => ("too_many_viewers", "10"),
        NothingToSee::NoThread(_) => ("no_thread", "10"),
    };
    let response = error(StatusCode::SERVICE_UNAVAILABLE, code, reason.to_string());
    with(response, RETRY_AFTER, wait)
}

fn accepts_gzip(request: &EndpointRequest<'_>) -> bool {
    exposition::accepts_gzip(joined(request.headers, &ACCEPT_ENCODING).as_deref())
}

fn encoded(response: Response<AnswerBody>, compressed: bool) -> Response<AnswerBody> {
    let response = with(response, VARY, "Accept-Encoding");
    if compressed { with(response, CONTENT_ENCODING, "gzip") } else { response }
}

/// What `HEAD` takes for a body whose length is not known.
struct Nothing;

impl BodySource for Nothing {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenBody>>> {
        Poll::Ready(None)
    }
}

impl BodySource for Pieces {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenBody>>> {
        Pieces::poll_next(self, context).map_err(BrokenBody::from)
    }
}

/// The events of one viewer, until the runtime ends or the server wants to.
struct LiveEvents {
    viewer: Viewer,
    draining: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl BodySource for LiveEvents {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenBody>>> {
        if self.draining.as_mut().is_some_and(|draining| draining.as_mut().poll(context).is_ready())
        {
            self.draining = None;
            return Poll::Ready(None);
        }
        self.viewer.poll_next(context).map(|events| events.map(Ok))
    }
}

impl fmt::Debug for ExplorerPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExplorerPaths").field("page", &self.page).finish_non_exhaustive()
    }
}
