use std::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::task::coop::consume_budget;
use tonic::{
    Status,
    body::Body,
    metadata::MetadataMap,
    transport::{Channel, Error},
};
use tower_service::Service;

/// The details of a status, in base64.
const DETAILS: &str = "grpc-status-details-bin";

/// A channel whose peer may be anything.
///
/// * A proxy answers with a status of HTTP and a page: without the page, the client derives the
///   code of gRPC from the status, as gRPC defines it.
/// * The details of a status are no base64: the client would panic, so they are left out.
/// * An answer never ends: the client reads all messages behind the first, so it has to pause for
///   the time of the export to be noticed.
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
            if is_page {
                return Ok(response.map(|_| Body::empty()));
            }
            let (mut head, body) = response.into_parts();
            leave_out_malformed_details(&mut head.headers);
            let body = PausingBody(body).map_frame(|mut frame| {
                frame.trailers_mut().map(leave_out_malformed_details);
                frame
            });
            Ok(Response::from_parts(head, Body::new(body)))
        })
    }
}

/// A body whose reader pauses now and then, also if the next frame is always there.
struct PausingBody(Body);

impl hyper::body::Body for PausingBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        ready!(pin!(consume_budget()).poll(context));
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

fn leave_out_malformed_details(headers: &mut HeaderMap) {
    let Some(details) = headers.get(DETAILS) else { return };
    // The client itself decodes them.
    let alone = MetadataMap::from_headers(HeaderMap::from_iter([(
        http::HeaderName::from_static(DETAILS),
        details.clone(),
    )]));
    if alone.get_bin(DETAILS).is_none_or(|details| details.to_bytes().is_err()) {
        headers.remove(DETAILS);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn details_that_are_no_base64_are_left_out() {
        for (details, is_kept) in [
            ("!!!!", false),
            ("a", false),
            ("YWI", true),
            ("YWI=", true),
            ("", true),
            ("YWJ", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(DETAILS, HeaderValue::from_static(details));
            headers.insert("grpc-status", HeaderValue::from_static("8"));
            leave_out_malformed_details(&mut headers);
            assert_eq!(headers.contains_key(DETAILS), is_kept, "{details}");
            assert_eq!(headers.len(), 1 + usize::from(is_kept));
            // What the client does.
            assert!(tonic::Status::from_header_map(&headers).is_some());
        }
    }
}
