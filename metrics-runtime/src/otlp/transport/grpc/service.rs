use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response, StatusCode};
use tonic::{
    body::Body,
    transport::{Channel, Error},
};
use tower_service::Service;

/// A channel whose peer may be a proxy that answers with a status of HTTP and a page: without the
/// page, the client derives the code of gRPC from the status, as gRPC defines it.
#[derive(Clone, Debug)]
pub(super) struct GrpcService(pub(super) Channel);

impl Service<Request<Body>> for GrpcService {
    type Response = Response<Body>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let response = self.0.call(request);
        Box::pin(async move {
            let response = response.await?;
            let is_page = response.status() != StatusCode::OK;
            Ok(if is_page { response.map(|_| Body::empty()) } else { response })
        })
    }
}
