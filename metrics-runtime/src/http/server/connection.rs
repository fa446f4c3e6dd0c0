//! One connection, and its requests.

use std::{
    error::Error,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use http::{Method, Request, Response, StatusCode};
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
    limits::ServerLimits,
    phase::{Phase, Serving},
    read_timeout::ReadTimeout,
    write_timeout::WriteTimeout,
};

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
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>> + Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // An answer is sent at once, even before the client has acknowledged the previous one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection may be slow");
    }
    let phase = Phase::new();
    let stream = WriteTimeout::new(TokioIo::new(stream), limits.write_timeout);
    let stream = ReadTimeout::new(stream, phase.clone(), limits, permit);
    let service = service_fn(move |request| answer(service.clone(), request, phase.serve()));
    let connection = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .serve_connection(stream, service)
        .with_upgrades();
    let mut connection = pin!(connection);

    let ended = match unless(drain.changed(), connection.as_mut()).await {
        Ok(ended) => ended,
        Err(_) => {
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
    let is_connect = request.method() == Method::CONNECT;
    poll_fn(|context| service.poll_ready(context)).await?;
    let response = service.call(request).await?;
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS || (is_connect && status.is_success()) {
        serving.upgrade();
    }
    Ok(response.map(|inner| ServedBody { inner, _serving: serving }))
}

pin_project! {
    /// The body of an answer. Its request is served until the body is dropped.
    struct ServedBody<B> {
        #[pin]
        inner: B,
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
        self.project().inner.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
