//! Bodies of responses, by the way in which they end.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, Empty, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Body, Frame, SizeHint};

pub(super) type TestBody = UnsyncBoxBody<Bytes, fmt::Error>;

/// What a body gives for each poll.
pub(super) type GivenFrame = Result<Frame<Bytes>, fmt::Error>;

/// A body that hides what the body inside says of its length and of its end, as a wrapper does that
/// leaves both methods out.
pub(super) struct Opaque<B>(pub(super) B);

impl<B: Body + Unpin> Body for Opaque<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a body gives")]
pub(super) fn data(text: &'static str) -> GivenFrame {
    Ok(Frame::data(Bytes::from(text)))
}

#[expect(clippy::unnecessary_wraps, reason = "what a body gives")]
pub(super) fn trailers() -> GivenFrame {
    Ok(Frame::trailers(trailer_map()))
}

fn trailer_map() -> HeaderMap {
    HeaderMap::from_iter([("x-end".parse().unwrap(), HeaderValue::from_static("0"))])
}

pub(super) fn empty() -> TestBody {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

pub(super) fn full(text: &'static str) -> TestBody {
    Full::from(text).map_err(|never| match never {}).boxed_unsync()
}

pub(super) fn full_with_trailers(text: &'static str) -> TestBody {
    let body = Full::from(text).map_err(|never| match never {});
    body.with_trailers(async { Some(Ok(trailer_map())) }).boxed_unsync()
}

/// A body without a length that ends with the last of these frames.
pub(super) fn frames<const N: usize>(frames: [GivenFrame; N]) -> TestBody {
    StreamBody::new(stream::iter(frames)).boxed_unsync()
}

/// As [`frames`], with `.with_trailers`.
pub(super) fn frames_with_trailers<const N: usize>(frames: [GivenFrame; N]) -> TestBody {
    let body = StreamBody::new(stream::iter(frames));
    body.with_trailers(async { Some(Ok(trailer_map())) }).boxed_unsync()
}

pub(super) fn opaque(body: TestBody) -> TestBody {
    Opaque(body).boxed_unsync()
}

/// A body that goes on after its first frame, until it is dropped.
pub(super) fn endless() -> TestBody {
    StreamBody::new(stream::iter([data("first")]).chain(stream::pending())).boxed_unsync()
}
