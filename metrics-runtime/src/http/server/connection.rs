//! One connection, and its requests.

use std::{
    error::Error,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONNECTION};
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, watch},
};
use tower_service::Service;

use super::{
    super::unless::unless,
    draining::Draining,
    host,
    limits::ServerLimits,
    lingering_close::LingeringClose,
    phase::{Phase, Serving},
    read_timeout::ReadTimeout,
    write_timeout::WriteTimeout,
};

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// A longer request head is answered with 431.
const MAX_HEAD: usize = 16 * 1024;

/// Serves one connection until the peer closes it, or until `drain` and the end of the request that
/// runs.
pub(super) async fn serve_connection<S, B>(
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
    service: S,
    limits: ServerLimits,
    mut drain: watch::Receiver<()>,
) where
    S: Service<
            Request<Incoming>,
            Response = Response<B>,
            Future: Send,
            Error: Into<BoxError> + Send,
        > + Clone
        + Send
        + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    // An answer is sent at once, even before the client has acknowledged the previous one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection may be slow");
    }
    let phase = Phase::new();
    let stream = WriteTimeout::new(TokioIo::new(stream), limits.write_timeout);
    let stream = LingeringClose::new(stream, phase.clone());
    let stream = ReadTimeout::new(stream, phase.clone(), limits, permit);
    let requests = phase.clone();
    let draining = Draining::new(drain.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(draining.clone());
        // Before the first poll of the answer, so that the reader knows.
        let serving = requests.serve(!request.body().is_end_stream());
        answer(service.clone(), request, serving)
    });
    // A client that has closed its side only is answered. Whether it is gone shows when it is
    // written to.
    let connection = http1::Builder::new()
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        .serve_connection(stream, service)
        .with_upgrades();
    let mut connection = pin!(connection);

    let ended = match unless(drain.changed(), connection.as_mut()).await {
        Ok(ended) => ended,
        Err(_) => {
            phase.drain();
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Not an error of the server: hyper has answered a malformed request where it could.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer<S, B>(
    mut service: S,
    request: Request<Incoming>,
    serving: Serving,
) -> Result<Response<ServedBody<B>>, S::Error>
where
    S: Service<Request<Incoming>, Response = Response<B>>,
{
    if let Err(reason) = host::check(&request) {
        tracing::debug!(reason, "a request is refused");
        return Ok(bad_request(serving));
    }
    let is_connect = request.method() == Method::CONNECT;
    poll_fn(|context| service.poll_ready(context)).await?;
    let response = service.call(request).await?;
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS || (is_connect && status.is_success()) {
        serving.upgrade();
    }
    Ok(response.map(|inner| ServedBody { inner: Some(inner), _serving: serving }))
}

/// The answer to a head that does not say for whom it is, without a body, as hyper answers other
/// malformed heads. What follows on the connection may be meant for somebody else.
fn bad_request<B>(serving: Serving) -> Response<ServedBody<B>> {
    let mut response = Response::new(ServedBody { inner: None, _serving: serving });
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

pin_project! {
    /// The body of an answer; absent in an answer of the server itself. Its request is served until
    /// the body is dropped.
    struct ServedBody<B> {
        #[pin]
        inner: Option<B>,
        _serving: Serving,
    }
}

impl<B: Body> Body for ServedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().inner.as_pin_mut() {
            Some(inner) => inner.poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
