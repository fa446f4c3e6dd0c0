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

/// The body of an answer. It holds the permit of its scrape until its last piece has been passed
/// on.
#[derive(Default)]
pub(crate) struct AnswerBody {
    rest: Bytes,
    permit: Option<ScrapePermit>,
    /// What follows the bytes.
    source: Option<Box<dyn BodySource>>,
}

/// Where the bytes of a body come from that is written while it is read, until the last ones.
pub(super) trait BodySource: Send {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenBody>>>;
}

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerBody").field("rest", &self.rest.len()).finish_non_exhaustive()
    }
}

/// Ends a body early. The connection is closed then, so that what has arrived is no whole answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenBody {
    #[error("the metrics were read too slowly: the scrape took more than twice its time-out")]
    SlowClient,
    #[cfg(feature = "explorer")]
    #[error(transparent)]
    Interrupted(#[from] osapi_metrics_explorer::Interrupted),
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BrokenBody;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenBody>>> {
        while self.rest.is_empty()
            && let Some(source) = &mut self.source
        {
            match ready!(source.poll_next(context)).transpose() {
                Ok(Some(next)) => self.rest = next,
                Ok(None) => *self = Self::default(),
                Err(broken) => return self.end_with(broken),
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.permit.as_ref().is_some_and(ScrapePermit::has_ended) {
            return self.end_with(BrokenBody::SlowClient);
        }
        let next = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(next);
        if self.is_end_stream() {
            self.permit = None;
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.source.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.source.is_some() {
            return SizeHint::default();
        }
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl AnswerBody {
    fn end_with(&mut self, broken: BrokenBody) -> Poll<Option<Result<Frame<Bytes>, BrokenBody>>> {
        *self = Self::default();
        Poll::Ready(Some(Err(broken)))
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

/// An answer whose body is written while it is read.
#[cfg_attr(not(feature = "explorer"), allow(dead_code, reason = "the explorer has such answers"))]
pub(super) fn written_while_read(
    content_type: &'static str,
    source: Box<dyn BodySource>,
) -> Response<AnswerBody> {
    let mut response = answer(StatusCode::OK, content_type, Bytes::new());
    response.body_mut().source = Some(source);
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
    body.permit = (!body.is_end_stream()).then_some(permit);
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

    async fn next(body: &mut AnswerBody) -> Option<Result<Bytes, BrokenBody>> {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        Some(frame.map(|frame| frame.into_data().unwrap()))
    }

    fn of(length: usize, permit: ScrapePermit) -> AnswerBody {
        holding(answer(StatusCode::OK, JSON, vec![b'x'; length]), permit).into_body()
    }

    /// Pieces of these lengths.
    struct Pieces(Vec<Result<usize, BrokenBody>>);

    impl BodySource for Pieces {
        fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenBody>>> {
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(next.map(|length| Ok(vec![b'x'; length?].into())))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_written_while_it_is_read_keeps_its_permit_until_its_source_ends() {
        let scrapes = ScrapeLimit::new(1, Duration::from_secs(30));
        let source = Box::new(Pieces(vec![Ok(PIECE + 1), Ok(0), Ok(1)]));
        let response = holding(written_while_read(JSON, source), scrapes.admit().unwrap());
        let mut body = response.into_body();
        for length in [PIECE, 1, 1] {
            assert_eq!(next(&mut body).await.unwrap().unwrap().len(), length);
            assert!(scrapes.admit().is_none() && !body.is_end_stream());
        }
        assert!(next(&mut body).await.is_none());
        assert!(scrapes.admit().is_some() && body.is_end_stream());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_whose_source_breaks_or_whose_reader_is_slow_ends_with_an_error() {
        let scrapes = ScrapeLimit::new(1, Duration::from_secs(30));
        let broken = Pieces(vec![Ok(1), Err(BrokenBody::SlowClient), Ok(1)]);
        let (mut broken, mut slow) = (written_while_read(JSON, Box::new(broken)).into_body(), {
            let source = Box::new(Pieces(vec![Ok(1), Ok(1)]));
            holding(written_while_read(JSON, source), scrapes.admit().unwrap()).into_body()
        });
        assert!(next(&mut broken).await.unwrap().is_ok());
        assert!(next(&mut slow).await.unwrap().is_ok());
        tokio::time::advance(Duration::from_secs(30)).await;
        for body in [&mut broken, &mut slow] {
            assert!(next(body).await.unwrap().is_err());
            assert!(next(body).await.is_none());
        }
    }

    #[test]
    fn head_of_what_has_no_length_has_none() {
        let head = without_body(written_while_read("text/event-stream", Box::new(Pieces(vec![]))));
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
