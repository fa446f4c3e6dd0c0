//! What a response over HTTP says of the request, by the OTLP specification.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, Visitor},
};

use crate::otlp::{
    answer::{Accepted, MAX_RESPONSE_BYTES, Retry, TryError},
    request::Encoding,
};

/// Reads the response to a request in this encoding.
pub(super) async fn read(
    response: Response<Incoming>,
    requested: Encoding,
) -> Result<Accepted, TryError> {
    let (parts, body) = response.into_parts();
    if !parts.status.is_success() {
        return Err(refused(parts.status, &parts.headers));
    }
    let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let cause = format!("success with a body of more than {MAX_RESPONSE_BYTES} bytes");
            TryError::new(cause, Retry::Never)
        } else {
            TryError::of_connection(&*error)
        }
    })?;
    accepted(parts.status, &parts.headers, &body.to_bytes(), requested)
}

fn refused(status: StatusCode, headers: &HeaderMap) -> TryError {
    let retry = match Retry::of_status(status) {
        Retry::Yes => retry_after(headers).map_or(Retry::Yes, Retry::After),
        retry => retry,
    };
    TryError::new(format!("status {}", status.as_u16()), retry)
}

/// The delay that the header asks for, in seconds or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // All that can fail is that it is too large.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Reads the body of a success.
fn accepted(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    requested: Encoding,
) -> Result<Accepted, TryError> {
    // Some endpoints leave out the body, which in protobuf is equal to a success without remarks.
    if body.is_empty() {
        return Ok(Accepted::default());
    }
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = content_type.as_deref().map(str::to_ascii_lowercase);
    let encoding = match media_type.as_deref() {
        None => Some(requested),
        Some(name) if name.starts_with("application/json") => Some(Encoding::Json),
        Some(name) if name.starts_with("application/x-protobuf") => Some(Encoding::Protobuf),
        Some(_) => None,
    };
    let decoded = match encoding {
        Some(Encoding::Protobuf) => Accepted::in_protobuf(body),
        Some(Encoding::Json) => in_json(body),
        None => None,
    };
    decoded.ok_or_else(|| {
        let cause = format!(
            "status {} with a body that is no OTLP response (content type {}); is this an OTLP endpoint?",
            status.as_u16(),
            content_type.as_deref().unwrap_or("missing"),
        );
        TryError::new(cause, Retry::Never)
    })
}

/// Reads a response in JSON. `None` if it is no object. An object with fields of another form is a
/// success without remarks, as one with unknown fields is.
fn in_json(body: &Bytes) -> Option<Accepted> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str::<IgnoredAny>(&text).ok()?;
    let is_object = text.trim_start().starts_with('{');
    is_object.then(|| serde_json::from_str::<JsonResponse>(&text).unwrap_or_default().into())
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JsonResponse {
    partial_success: Option<JsonPartialSuccess>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JsonPartialSuccess {
    rejected_data_points: Points,
    error_message: Reason,
}

/// Protobuf's JSON mapping writes 64-bit integers as strings, and readers take numbers too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Points {
    Number(i64),
    Text(String),
    Other(IgnoredAny),
}

/// A text, in which JSON may escape what is no character (`\ud800`).
#[derive(Default)]
struct Reason(String);

impl Default for Points {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReasonVisitor;

        impl Visitor<'_> for ReasonVisitor {
            type Value = Reason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Reason, E> {
                Ok(Reason(String::from_utf8_lossy(bytes).into_owned()))
            }
        }

        deserializer.deserialize_bytes(ReasonVisitor)
    }
}

impl From<JsonResponse> for Accepted {
    fn from(response: JsonResponse) -> Self {
        let partial = response.partial_success.unwrap_or_default();
        let points = match partial.rejected_data_points {
            Points::Number(points) => Some(points),
            Points::Text(text) => text.parse().ok(),
            Points::Other(_) => None,
        };
        let rejected_points = points.and_then(|points| u64::try_from(points).ok()).unwrap_or(0);
        Self { rejected_points, reason: partial.error_message.0 }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::{
        ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
    };
    use prost::Message;

    use super::*;

    /// The answer to a request that is successful with this body.
    fn answer(
        content_type: Option<&str>,
        body: impl Into<Bytes>,
        requested: Encoding,
    ) -> Result<Accepted, TryError> {
        let headers = headers(content_type.map(|value| ("content-type", value)));
        accepted(StatusCode::OK, &headers, &body.into(), requested)
    }

    fn headers(entry: Option<(&'static str, &str)>) -> HeaderMap {
        entry
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
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
            (Some("Application/JSON"), b" {}", Encoding::Protobuf),
            (None, b"{}", Encoding::Json),
            (None, b"{\"partialSuccess\":5}", Encoding::Json),
            (None, b"{\"partialSuccess\":{\"rejectedDataPoints\":[]}}", Encoding::Json),
            (None, b"{\"partialSuccess\":{\"rejectedDataPoints\":-3}}", Encoding::Json),
            (Some("application/x-protobuf"), &partial(0), Encoding::Json),
        ] {
            let answer = answer(content_type, body.to_vec(), encoding).unwrap();
            assert_eq!(answer.rejected_points, 0, "{content_type:?} {body:?}");
        }
    }

    #[test]
    fn rejected_points_are_seen_in_both_encodings() {
        let expected = Ok(Accepted { rejected_points: 3, reason: "too old".to_owned() });
        let protobuf = answer(Some("application/x-protobuf"), partial(3), Encoding::Protobuf);
        assert_eq!(protobuf, expected);
        for points in ["3", "\"3\""] {
            let body = format!(
                r#"{{"partialSuccess":{{"rejectedDataPoints":{points},"errorMessage":"too old"}}}}"#
            );
            assert_eq!(answer(Some("application/json"), body, Encoding::Json), expected);
        }
    }

    /// The endpoint has accepted the points, whatever it says about them.
    #[test]
    fn texts_that_are_no_texts_are_read_all_the_same() {
        let accepted = |reason: &str| Accepted { rejected_points: 3, reason: reason.to_owned() };
        let protobuf = [b"\x0a\x09\x08\x03\x12\x05".as_slice(), b"a\xff\xfe\xc3z"].concat();
        let answer_in = |content_type, body| answer(Some(content_type), body, Encoding::Json);
        let read = answer_in("application/x-protobuf", protobuf);
        assert_eq!(read, Ok(accepted("a\u{fffd}\u{fffd}\u{fffd}z")));
        for (text, reason) in [
            (b"a\xff\xfez".as_slice(), "a\u{fffd}\u{fffd}z"),
            (b"a\\ud800z", "a\u{fffd}\u{fffd}\u{fffd}z"),
            (b"\\ud83d\\ude00", "\u{1f600}"),
        ] {
            let head = b"{\"partialSuccess\":{\"rejectedDataPoints\":\"3\",\"errorMessage\":\"";
            let body = [head.as_slice(), text, b"\"}}"].concat();
            assert_eq!(answer_in("application/json", body), Ok(accepted(reason)), "{text:?}");
        }
    }

    #[test]
    fn a_success_that_is_no_otlp_response_is_a_failure() {
        for (content_type, body) in [
            (Some("text/html"), "<html>please log in</html>"),
            (None, "<html>"),
            (Some("application/json"), "[1, 2]"),
            (Some("application/json"), "[]"),
            (Some("application/json"), "{\"partialSuccess\""),
            (Some("application/x-protobuf"), "\u{1}garbage"),
        ] {
            let error = answer(content_type, body, Encoding::Protobuf).unwrap_err();
            assert_eq!(error.retry, Retry::Never, "{content_type:?}");
            assert!(error.cause.contains("is this an OTLP endpoint?"), "{}", error.cause);
            assert!(!error.cause.contains(body), "bodies may hold secrets: {}", error.cause);
        }
    }

    #[test]
    fn the_statuses_of_the_specification_are_retried() {
        for status in (100..600).filter_map(|status| StatusCode::from_u16(status).ok()) {
            if status.is_success() {
                continue;
            }
            let retried = [429, 502, 503, 504].contains(&status.as_u16());
            let expected = if retried { Retry::Yes } else { Retry::Never };
            assert_eq!(refused(status, &HeaderMap::new()).retry, expected, "{status}");
        }
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let retry = |value: &str| {
            let headers = headers(Some(("retry-after", value)));
            refused(StatusCode::SERVICE_UNAVAILABLE, &headers).retry
        };
        assert_eq!(retry("7"), Retry::After(Duration::from_secs(7)));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let Retry::After(delay) = retry(&date) else { panic!("a delay is expected") };
        assert!((90..=100).contains(&delay.as_secs()), "{delay:?}");
        assert_eq!(retry("Sun, 06 Nov 1994 08:49:37 GMT"), Retry::After(Duration::ZERO));
        assert_eq!(retry("99999999999999999999999"), Retry::After(Duration::from_secs(u64::MAX)));
        for nonsense in ["", "soon", "-1", "+1", "2.5"] {
            assert_eq!(retry(nonsense), Retry::Yes, "{nonsense}");
        }
        let headers = headers(Some(("retry-after", "7")));
        assert_eq!(refused(StatusCode::BAD_REQUEST, &headers).retry, Retry::Never);
    }
}
