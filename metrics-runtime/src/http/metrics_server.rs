//! The endpoint as a server of its own, for processes without a web server.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};
use hyper::body::Incoming;
use tower_service::Service;

use super::{
    answer::AnswerBody,
    endpoint::Endpoint,
    request::EndpointRequest,
    server::{ListenError, Listener, Server, ServerLimits},
};

/// Listens on `listen` and answers for `endpoint` on tasks of the current tokio runtime. Port 0
/// takes a free port. The server runs until it is dropped.
pub(crate) async fn serve(
    endpoint: Endpoint,
    listen: SocketAddr,
    limits: ServerLimits,
) -> Result<Server, ServeError> {
    let listener = Listener::bind(listen, limits).await?;
    Ok(listener.serve(EndpointService(endpoint)))
}

/// The endpoint as a service.
#[derive(Clone)]
struct EndpointService(Endpoint);

impl Service<Request<Incoming>> for EndpointService {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<AnswerBody>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let endpoint = self.0.clone();
        Box::pin(async move {
            let (head, _) = request.into_parts();
            Ok(endpoint.respond(&EndpointRequest::of(&head)).await)
        })
    }
}

/// The reason why the metrics endpoint cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is in use, is not an address of this machine, or needs a privilege.
    #[error(
        "cannot serve metrics on {address}: {source}; \
         give another address or port 0 in `telemetry.metrics.listen`"
    )]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// There is no tokio runtime to run the server on.
    #[error(
        "cannot serve metrics on {address} outside a tokio runtime; call it from an async task"
    )]
    NoRuntime {
        /// The configured address.
        address: SocketAddr,
    },
    /// A limit of connections is out of its range.
    #[error("cannot serve metrics: {0}")]
    Limit(super::LimitError),
}

impl From<ListenError> for ServeError {
    fn from(error: ListenError) -> Self {
        match error {
            ListenError::Address { address, source } => Self::Listen { address, source },
            ListenError::NoRuntime { address } => Self::NoRuntime { address },
            ListenError::Limit(error) => Self::Limit(error),
        }
    }
}
