//! Answers, and the transfer of their bodies to a connection.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{
    HeaderValue, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName},
};
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::scrape_limit::ScrapePermit;

pub(super) const JSON: &str = "application/json";

/// The bytes that are passed to a connection at a time. The connection takes more only after it has
/// written most of them, so that a body lives until its reader has nearly all of it.
const PIECE: usize = 64 * 1024;

/// The body of an answer. A body of bytes holds the permit of its scrape until its last piece has
/// been passed on.
#[derive(Default)]
pub(crate) struct AnswerBody {
    rest: Bytes,
    permit: Option<ScrapePermit>,
    /// What follows the bytes.
    events: Option<Box<dyn Events>>,
}

/// Pieces of a body that come one after the other, until the last one.
pub(super) trait Events: Send {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;
}

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerBody").field("rest", &self.rest.len()).finish_non_exhaustive()
    }
}

/// Ends a body early. The connection is closed then, because the length of the body was announced.
#[derive(Debug, thiserror::Error)]
#[error("the metrics were read too slowly: the scrape took more than twice its time-out")]
pub(crate) struct SlowClient;

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = SlowClient;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SlowClient>>> {
        if let Some(events) = &mut self.events {
            let next = ready!(events.poll_next(context));
            if next.is_none() {
                self.events = None;
            }
            return Poll::Ready(next.map(|event| Ok(Frame::data(event))));
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.permit.as_ref().is_some_and(ScrapePermit::has_ended) {
            *self = Self::default();
            return Poll::Ready(Some(Err(SlowClient)));
        }
        let next = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(next);
        if self.rest.is_empty() {
            self.permit = None;
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.events.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.events.is_some() {
            return SizeHint::default();
        }
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

pub(super) fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<AnswerBody> {
    let body = AnswerBody { rest: body.into(), ..AnswerBody::default() };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    with(response, CONTENT_TYPE, content_type)
}

/// An answer whose body goes on until its events end.
#[cfg_attr(not(feature = "explorer"), allow(dead_code, reason = "the explorer has such answers"))]
pub(super) fn live(content_type: &'static str, events: Box<dyn Events>) -> Response<AnswerBody> {
    let mut response = answer(StatusCode::OK, content_type, Bytes::new());
    response.body_mut().events = Some(events);
    response
}

/// An answer that is an error. `code` is its kind, for programs.
pub(super) fn error(
    status: StatusCode,
    code: &'static str,
    message: impl AsRef<str>,
) -> Response<AnswerBody> {
    let body = serde_json::json!({ "error": { "code": code, "message": message.as_ref() } });
    answer(status, JSON, body.to_string())
}

pub(super) fn with(
    mut response: Response<AnswerBody>,
    name: HeaderName,
    value: &'static str,
) -> Response<AnswerBody> {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

/// Lets the body hold the permit while there is something to read.
pub(super) fn holding(
    mut response: Response<AnswerBody>,
    permit: ScrapePermit,
) -> Response<AnswerBody> {
    let body = response.body_mut();
    body.permit = (!body.rest.is_empty()).then_some(permit);
    response
}

/// The answer to `HEAD`: the status and headers of the answer to `GET`, with the length of its body
/// where it has one (RFC 9110, 8.6 and 9.3.2).
pub(super) fn without_body(response: Response<AnswerBody>) -> Response<AnswerBody> {
    let (mut parts, body) = response.into_parts();
    let Some(length) = body.size_hint().exact() else {
        // A body without bytes would have a length, which axum sends too.
        return Response::from_parts(parts, body);
    };
    parts.headers.insert(CONTENT_LENGTH, length.into());
    Response::from_parts(parts, AnswerBody::default())
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use super::{super::scrape_limit::ScrapeLimit, *};

    async fn next(body: &mut AnswerBody) -> Option<Result<Bytes, SlowClient>> {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        Some(frame.map(|frame| frame.into_data().unwrap()))
    }

    fn of(length: usize, permit: ScrapePermit) -> AnswerBody {
        holding(answer(StatusCode::OK, JSON, vec![b'x'; length]), permit).into_body()
    }

    #[test]
    fn head_of_what_has_no_length_has_none() {
        struct Endless;
        impl Events for Endless {
            fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Bytes>> {
                Poll::Pending
            }
        }

        let head = without_body(live("text/event-stream", Box::new(Endless)));
        assert_eq!(head.headers().get(CONTENT_LENGTH), None);
        assert_eq!(head.body().size_hint().exact(), None);
        let head = without_body(answer(StatusCode::OK, JSON, "{}"));
        assert_eq!(head.headers()[CONTENT_LENGTH], "2");
        assert_eq!(head.body().size_hint().exact(), Some(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_keeps_its_permit_until_the_last_piece_is_taken() {
        let scrapes = ScrapeLimit::new(1, Duration::from_secs(30));
        let mut body = of(2 * PIECE + 1, scrapes.admit().unwrap());
        for (length, left) in [(PIECE, PIECE + 1), (PIECE, 1), (1, 0)] {
            assert!(scrapes.admit().is_none(), "{length} more to come");
            assert_eq!(next(&mut body).await.unwrap().unwrap().len(), length);
            assert_eq!(body.size_hint().exact(), Some(left as u64));
        }
        assert!(scrapes.admit().is_some() && body.is_end_stream());
        assert!(next(&mut body).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_dropped_empty_or_for_head_keeps_no_permit() {
        let scrapes = ScrapeLimit::new(1, Duration::from_secs(30));
        drop(of(2 * PIECE, scrapes.admit().unwrap()));
        let _empty = of(0, scrapes.admit().unwrap());
        let get = holding(answer(StatusCode::OK, JSON, "metrics"), scrapes.admit().unwrap());
        let head = without_body(get);
        assert!(scrapes.admit().is_some());
        assert_eq!(head.headers()[CONTENT_LENGTH], "7");
        assert!(head.body().is_end_stream());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_read_too_slowly_ends_with_an_error() {
        let scrapes = ScrapeLimit::new(1, Duration::from_secs(30));
        let mut body = of(2 * PIECE, scrapes.admit().unwrap());
        assert!(next(&mut body).await.unwrap().is_ok());
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(next(&mut body).await.unwrap().is_err());
        assert!(next(&mut body).await.is_none());
    }
}
