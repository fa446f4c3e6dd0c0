//! The body of a request, and the count of its bytes.

use std::{
    any::Any,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Buf;
use http::Request;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a request behind
    /// [`HttpServerLayer::counting_requests`](super::HttpServerLayer::counting_requests). It passes
    /// every frame on unchanged.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        inner: B,
        // Absent if the body is empty.
        read: Option<Arc<AtomicU64>>,
    }
}

/// The source of the size of a request's body: [`Given`] or [`Counted`].
pub trait RequestSizing<B>: sealed::Sealed {
    /// The type of the body that the service gets.
    type Body;

    #[doc(hidden)]
    fn size(request: Request<B>) -> (Request<Self::Body>, RequestSize);
}

/// The service gets the body that was given to the layer. The bytes of axum's body type are counted
/// as they are read. A body of another type has its declared size, or an unknown size if it
/// declares none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given;

/// The service gets a [`RequestBody`], whose bytes are counted as they are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Given {}
    impl Sealed for super::Counted {}
}

/// The size of a request's body.
#[derive(Debug)]
pub enum RequestSize {
    Unknown,
    Known(u64),
    /// The number of bytes that were read so far.
    Read(Arc<AtomicU64>),
}

impl<B: Body + 'static> RequestSizing<B> for Given {
    type Body = B;

    fn size(mut request: Request<B>) -> (Request<B>, RequestSize) {
        let body = request.body_mut();
        let size = if body.is_end_stream() {
            RequestSize::Known(0)
        } else {
            count(body)
                .or_else(|| body.size_hint().exact().map(RequestSize::Known))
                .unwrap_or(RequestSize::Unknown)
        };
        (request, size)
    }
}

impl<B: Body> RequestSizing<B> for Counted {
    type Body = RequestBody<B>;

    fn size(request: Request<B>) -> (Request<RequestBody<B>>, RequestSize) {
        let (parts, inner) = request.into_parts();
        let (body, size) = RequestBody::wrap(inner);
        (Request::from_parts(parts, body), size)
    }
}

impl RequestSize {
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            Self::Unknown => None,
            Self::Known(bytes) => Some(*bytes),
            Self::Read(bytes) => Some(bytes.load(Ordering::Relaxed)),
        }
    }
}

impl<B: Body> RequestBody<B> {
    fn wrap(inner: B) -> (Self, RequestSize) {
        if inner.is_end_stream() {
            return (Self { inner, read: None }, RequestSize::Known(0));
        }
        let read = Arc::<AtomicU64>::default();
        (Self { inner, read: Some(Arc::clone(&read)) }, RequestSize::Read(read))
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let polled = this.inner.poll_frame(context);
        if let (Poll::Ready(Some(Ok(frame))), Some(read)) = (&polled, this.read) {
            read.fetch_add(data_length(frame), Ordering::Relaxed);
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

/// The bytes of data in a frame. Trailers are not data.
pub(super) fn data_length<D: Buf>(frame: &Frame<D>) -> u64 {
    let data = frame.data_ref().map_or(0, Buf::remaining);
    u64::try_from(data).unwrap_or(u64::MAX)
}

/// Counts the bytes that are read of a body of axum's type. That type can hold any other body, so
/// the type of the request does not change.
#[cfg(feature = "axum")]
fn count(body: &mut dyn Any) -> Option<RequestSize> {
    let body = body.downcast_mut::<axum::body::Body>()?;
    let (counted, size) = RequestBody::wrap(std::mem::take(body));
    *body = axum::body::Body::new(counted);
    Some(size)
}

#[cfg(not(feature = "axum"))]
fn count(_: &mut dyn Any) -> Option<RequestSize> {
    None
}
