//! The body of a response. The request ends with the end of this body.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::{Response, header::CONTENT_LENGTH};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::{
    RequestFailure, RequestRecorder, ShippedSet, in_flight::InFlight, request_body::data_length,
};

pin_project! {
    /// The body of a response of [`HttpServerService`](super::HttpServerService). It passes every
    /// frame on unchanged.
    #[derive(Debug)]
    pub struct ResponseBody<B, T = ShippedSet>
    where
        T: RequestRecorder,
    {
        #[pin]
        inner: B,
        // Absent once the request has ended.
        in_flight: Option<InFlight<T>>,
        // The bytes that are left, if the response declares its length.
        remaining: Option<u64>,
    }
}

impl<B: Body, T: RequestRecorder> ResponseBody<B, T> {
    /// Wraps the body of a response, and takes the request over.
    pub(super) fn wrap(response: Response<B>, in_flight: Option<InFlight<T>>) -> Response<Self> {
        let bodiless = in_flight.as_ref().is_none_or(|it| it.is_bodiless(response.status()));
        let (parts, inner) = response.into_parts();
        let remaining = inner.size_hint().exact().or_else(|| {
            let length = parts.headers.get(CONTENT_LENGTH)?;
            length.to_str().ok()?.parse().ok()
        });
        let in_flight = in_flight.map(|mut it| {
            it.respond(parts.status, &parts.extensions);
            it
        });
        let mut body = Self { inner, in_flight, remaining };
        // A server may never poll an empty body.
        if bodiless || remaining == Some(0) || body.inner.is_end_stream() {
            end(&mut body.in_flight, None);
        }
        Response::from_parts(parts, body)
    }
}

impl<B: Body, T: RequestRecorder> Body for ResponseBody<B, T> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        let Some(in_flight) = this.in_flight else {
            return this.inner.poll_frame(context);
        };
        let polled = in_flight.run(|| this.inner.as_mut().poll_frame(context));
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => end(this.in_flight, None),
            Poll::Ready(Some(Err(_))) => end(this.in_flight, Some(RequestFailure::Body)),
            Poll::Ready(Some(Ok(frame))) => {
                let length = data_length(frame);
                in_flight.send(length);
                if let Some(remaining) = this.remaining.as_mut() {
                    *remaining = remaining.saturating_sub(length);
                }
                // A server that knows the length, or asks `is_end_stream`, may not poll again.
                // Trailers are the last frame, and no server polls after them.
                let is_last =
                    frame.is_trailers() || *this.remaining == Some(0) || this.inner.is_end_stream();
                if is_last {
                    end(this.in_flight, None);
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn end<T: RequestRecorder>(in_flight: &mut Option<InFlight<T>>, failure: Option<RequestFailure>) {
    if let Some(in_flight) = in_flight.take() {
        in_flight.end(failure);
    }
}
