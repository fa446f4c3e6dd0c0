//! The HTTP client that `opentelemetry-otlp` posts with.
//!
//! The client follows no redirects and uses no proxy. From each response it keeps the information
//! that `opentelemetry-otlp` drops: the cause of a failed connection, and whether the body of a
//! success is an OTLP response (see [`LastAnswer`]).

use std::{error::Error, fmt, sync::Arc};

use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::Connect},
    rt::TokioExecutor,
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, ResponseBodyTooLarge};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message;

use crate::otlp::answer::{Answer, LastAnswer};

/// An OTLP response is small. The limit keeps the pages of a wrong endpoint out of memory.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// The encoding of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

/// Posts to one endpoint, with the configured headers only.
pub(super) struct PostClient<C> {
    client: Client<C, Full<Bytes>>,
    headers: HeaderMap,
    encoding: Encoding,
    answer: Arc<LastAnswer>,
}

impl<C: Connect + Clone> PostClient<C> {
    pub(super) fn new(
        connector: C,
        headers: HeaderMap,
        encoding: Encoding,
        answer: Arc<LastAnswer>,
    ) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            headers,
            encoding,
            answer,
        }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> PostClient<C> {
    async fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (mut parts, body) = request.into_parts();
        parts.headers = only_configured(&parts.headers, &self.headers);
        let request = Request::from_parts(parts, Full::new(body));
        read(self.client.request(request).await?).await
    }
}

/// The return type that `async_trait` gives to the method of the trait.
type ResponseFuture<'a> =
    std::pin::Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl<C: Connect + Clone + Send + Sync + 'static> HttpClient for PostClient<C> {
    fn send_bytes<'a, 'async_trait>(
        &'a self,
        request: Request<Bytes>,
    ) -> ResponseFuture<'async_trait>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            // The crate retries after some failures: the answer of an earlier try no longer counts.
            self.answer.set(Answer::AsReported);
            let result = self.post(request).await;
            self.answer.set(match &result {
                Ok(response) => answer_of(response, self.encoding),
                Err(error) => Answer::Failed(with_causes(error.as_ref())),
            });
            result
        })
    }
}

impl<C> fmt::Debug for PostClient<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostClient")
            .field("encoding", &self.encoding)
            .finish_non_exhaustive()
    }
}

/// The configured headers, and the crate's headers that describe the body and the user agent. The
/// headers that the crate read from the environment are dropped.
fn only_configured(from_crate: &HeaderMap, configured: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(configured.len() + 3);
    for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::USER_AGENT] {
        if let Some(value) = from_crate.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    for (name, value) in configured {
        headers.insert(name.clone(), value.clone());
    }
    headers
}

async fn read(response: Response<Incoming>) -> Result<Response<Bytes>, HttpError> {
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            // The crate retries after every other error.
            ResponseBodyTooLarge::new().into()
        } else {
            error
        }
    })?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}

/// The answer in the body of a response. The crate judges the status.
fn answer_of(response: &Response<Bytes>, requested: Encoding) -> Answer {
    if !response.status().is_success() {
        return Answer::AsReported;
    }
    let content_type = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    // Some endpoints leave out the body, which in protobuf is equal to a success without remarks.
    if response.body().is_empty() {
        return Answer::AsReported;
    }
    let encoding = match content_type.as_deref() {
        None => Some(requested),
        Some(name) if name.starts_with("application/json") => Some(Encoding::Json),
        Some(name) if name.starts_with("application/x-protobuf") => Some(Encoding::Protobuf),
        Some(_) => None,
    };
    let decoded = match encoding {
        Some(Encoding::Protobuf) => rejected_in_protobuf(response.body()),
        Some(Encoding::Json) => rejected_in_json(response.body()),
        None => None,
    };
    match decoded {
        Some(rejected) => rejected,
        None => Answer::Failed(format!(
            "status {} with a body that is no OTLP response (content type {}); is this an OTLP endpoint?",
            response.status().as_u16(),
            content_type.as_deref().unwrap_or("missing"),
        )),
    }
}

fn rejected_in_protobuf(body: &Bytes) -> Option<Answer> {
    let response = ExportMetricsServiceResponse::decode(body.as_ref()).ok()?;
    let partial = response.partial_success.unwrap_or_default();
    Some(rejected(u64::try_from(partial.rejected_data_points).unwrap_or(0), partial.error_message))
}

/// Protobuf's JSON mapping writes 64-bit integers as strings, and readers take numbers too.
fn rejected_in_json(body: &Bytes) -> Option<Answer> {
    let response: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    let partial = response.get("partialSuccess");
    let points = partial
        .and_then(|partial| partial.get("rejectedDataPoints"))
        .and_then(|points| match points.as_str() {
            Some(text) => text.parse().ok(),
            None => points.as_u64(),
        })
        .unwrap_or(0);
    let reason =
        partial.and_then(|partial| partial.get("errorMessage")?.as_str()).unwrap_or_default();
    Some(rejected(points, reason.to_owned()))
}

fn rejected(points: u64, reason: String) -> Answer {
    if points == 0 { Answer::AsReported } else { Answer::Rejected { points, reason } }
}

/// An error and its causes, in one line.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsPartialSuccess;

    use super::*;

    fn response(content_type: Option<&str>, body: impl Into<Bytes>) -> Response<Bytes> {
        let mut response = Response::new(body.into());
        if let Some(content_type) = content_type {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        response
    }

    fn partial(points: i64) -> Vec<u8> {
        ExportMetricsServiceResponse {
            partial_success: Some(ExportMetricsPartialSuccess {
                rejected_data_points: points,
                error_message: "too old".to_owned(),
            }),
        }
        .encode_to_vec()
    }

    #[test]
    fn success_in_any_accepted_shape() {
        for (content_type, body, encoding) in [
            (None, &b""[..], Encoding::Protobuf),
            (Some("text/plain"), b"", Encoding::Json),
            (Some("application/json"), b"{}", Encoding::Protobuf),
            (Some("application/json; charset=utf-8"), b"{\"partialSuccess\":{}}", Encoding::Json),
            (None, b"{}", Encoding::Json),
            (Some("application/x-protobuf"), &partial(0), Encoding::Json),
        ] {
            let answer = answer_of(&response(content_type, body.to_vec()), encoding);
            assert_eq!(answer, Answer::AsReported, "{content_type:?} {body:?}");
        }
    }

    #[test]
    fn rejected_points_are_seen_in_both_encodings() {
        let expected = Answer::Rejected { points: 3, reason: "too old".to_owned() };
        let protobuf = response(Some("application/x-protobuf"), partial(3));
        assert_eq!(answer_of(&protobuf, Encoding::Protobuf), expected);
        for points in ["3", "\"3\""] {
            let body = format!(
                r#"{{"partialSuccess":{{"rejectedDataPoints":{points},"errorMessage":"too old"}}}}"#
            );
            let json = response(Some("application/json"), body);
            assert_eq!(answer_of(&json, Encoding::Json), expected, "{points}");
        }
    }

    #[test]
    fn a_success_that_is_no_otlp_response_is_a_failure() {
        for (content_type, body) in [
            (Some("text/html"), "<html>please log in</html>"),
            (None, "<html>"),
            (Some("application/json"), "[1, 2]"),
            (Some("application/x-protobuf"), "\u{1}garbage"),
        ] {
            let answer = answer_of(&response(content_type, body), Encoding::Protobuf);
            let Answer::Failed(cause) = answer else {
                panic!("{content_type:?} {body:?}: {answer:?}")
            };
            assert!(cause.contains("is this an OTLP endpoint?"), "{cause}");
            assert!(!cause.contains(body), "bodies may hold secrets: {cause}");
        }
    }

    #[test]
    fn a_status_is_left_to_the_crate() {
        let mut failed = response(Some("text/html"), "<html>");
        *failed.status_mut() = http::StatusCode::BAD_GATEWAY;
        assert_eq!(answer_of(&failed, Encoding::Protobuf), Answer::AsReported);
    }

    #[test]
    fn the_configuration_is_the_only_source_of_headers() {
        let map = |entries: &[(&'static str, &'static str)]| -> HeaderMap {
            entries
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect()
        };
        let from_crate = map(&[
            ("content-type", "application/json"),
            ("user-agent", "OTel-OTLP-Exporter-Rust"),
            ("x-tenant", "environment"),
            ("x-other", "environment"),
        ]);
        let sent = only_configured(&from_crate, &map(&[("x-tenant", "ours")]));
        assert_eq!(
            sent,
            map(&[
                ("content-type", "application/json"),
                ("user-agent", "OTel-OTLP-Exporter-Rust"),
                ("x-tenant", "ours"),
            ])
        );
    }
}
