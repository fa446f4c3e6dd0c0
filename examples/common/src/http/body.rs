//! The body of a request, read as JSON within limits of size and time.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
    },
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use osapi_metrics_rules::excerpt::Excerpt;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::answer::ErrorAnswer;
use crate::json;

/// The largest body that is accepted, 1 MiB.
const MAX_BYTES: usize = 1024 * 1024;

/// How long a client may take to send the body.
const READ_LIMIT: Duration = Duration::from_secs(15);

/// A request body, read as a JSON object, in which no key is given twice.
///
/// ```
/// use osapi_common::http::{JsonBody, RequestBody};
/// use serde_json::{Value, json};
///
/// #[derive(serde::Deserialize)]
/// struct Greeting {
///     name: String,
/// }
///
/// impl RequestBody for Greeting {
///     fn expected() -> Value {
///         json!({"name": "who is greeted"})
///     }
/// }
///
/// async fn greet(JsonBody(greeting): JsonBody<Greeting>) -> String {
///     format!("Hello {}", greeting.name)
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::post(greet));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

/// A type that a request has as its body.
pub trait RequestBody: DeserializeOwned {
    /// The form of the body, for the answer to a body of another form: each field with its meaning.
    fn expected() -> Value;
}

/// Why a body is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The content type is not JSON.
    #[error("the body must be JSON, but {}", given_content_type(.given.as_deref()))]
    NotJson {
        /// The content type in the request.
        given: Option<String>,
    },
    /// The body is compressed, or encoded in another way.
    #[error("the body must be JSON as it is, but content-encoding says `{}`", Excerpt::of(.given))]
    Encoded {
        /// The encoding in the request.
        given: String,
    },
    /// The body has another transfer coding than the server undoes.
    #[error(
        "the body must be sent as it is or chunked, but transfer-encoding says `{}`",
        Excerpt::of(.given)
    )]
    TransferCoding {
        /// The codings in the request.
        given: String,
    },
    /// The body is not JSON of the expected form.
    #[error("the body does not have the expected form: {}", json::plain_cause(.cause))]
    BadJson {
        /// The error of the parser, with its place.
        cause: serde_json::Error,
        /// The expected form.
        expected: Value,
    },
    /// The body is too large.
    #[error("the body is larger than {max_bytes} bytes")]
    TooLarge {
        /// The largest size that is accepted.
        max_bytes: usize,
    },
    /// The client sent the body too slowly.
    #[error("the body did not arrive within {}", humantime::format_duration(*.limit))]
    TooSlow {
        /// The longest time that a client may take.
        limit: Duration,
    },
    /// The connection broke.
    #[error("the body broke off: {cause}")]
    Broken {
        /// The error of the connection.
        cause: axum::Error,
    },
}

const TOO_LARGE: BodyError = BodyError::TooLarge { max_bytes: MAX_BYTES };

impl<S: Send + Sync, T: RequestBody> FromRequest<S> for JsonBody<T> {
    type Rejection = BodyError;

    async fn from_request(request: Request, _: &S) -> Result<Self, BodyError> {
        let (parts, body) = request.into_parts();
        // The server undoes the chunks, and leaves other codings in the body.
        if let Some(given) = given(&parts.headers, &TRANSFER_ENCODING)
            && !given.trim().eq_ignore_ascii_case("chunked")
        {
            return Err(BodyError::TransferCoding { given });
        }
        if !is_json(&parts.headers) {
            return Err(BodyError::NotJson { given: given(&parts.headers, &CONTENT_TYPE) });
        }
        if let Some(given) = given(&parts.headers, &CONTENT_ENCODING)
            && !given.eq_ignore_ascii_case("identity")
        {
            return Err(BodyError::Encoded { given });
        }
        if declared_bytes(&parts.headers) > MAX_BYTES {
            return Err(TOO_LARGE);
        }
        let bytes = timeout(READ_LIMIT, read(body)).await;
        let bytes = bytes.map_err(|_| BodyError::TooSlow { limit: READ_LIMIT })??;
        match json::read(&bytes) {
            Ok(value) => Ok(Self(value)),
            Err(cause) => Err(BodyError::BadJson { cause, expected: T::expected() }),
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        let message = self.to_string();
        let (status, code, expected) = match self {
            Self::NotJson { .. } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                Some(json!({"content-type": "application/json"})),
            ),
            Self::Encoded { .. } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "encoded_body",
                Some(json!({"content-encoding": "identity"})),
            ),
            // RFC 9112, 6.1.
            Self::TransferCoding { .. } => (
                StatusCode::NOT_IMPLEMENTED,
                "transfer_coding",
                Some(json!({"transfer-encoding": "chunked"})),
            ),
            Self::BadJson { expected, .. } => (StatusCode::BAD_REQUEST, "bad_json", Some(expected)),
            Self::TooLarge { max_bytes } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                Some(json!({ "max_bytes": max_bytes })),
            ),
            Self::TooSlow { .. } => (StatusCode::REQUEST_TIMEOUT, "body_too_slow", None),
            Self::Broken { .. } => (StatusCode::BAD_REQUEST, "broken_body", None),
        };
        ErrorAnswer { status, code, message, expected, retry_after: None }.into_response()
    }
}

/// Reads a body until it is too large. The server reads what the client still sends, so that the
/// client gets the answer.
async fn read(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| BodyError::Broken { cause })?;
        let Ok(data) = frame.into_data() else {
            continue; // Trailers.
        };
        if bytes.len() + data.len() > MAX_BYTES {
            return Err(TOO_LARGE);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Whether the content type is `application/json` or `application/…+json`, with or without
/// parameters. JSON is UTF-8 (RFC 8259, 8.1), so a parameter that names another charset is not
/// accepted.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = given(headers, &CONTENT_TYPE) else { return false };
    let value = value.to_ascii_lowercase();
    let (essence, parameters) = value.split_once(';').unwrap_or((&value, ""));
    let essence = essence.trim();
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.trim() == "charset" => {
            ["utf-8", "utf8", "us-ascii"].contains(&charset.trim().trim_matches('"'))
        }
        _ => true,
    };
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    is_json && parameters.split(';').all(is_utf8)
}

/// What a header says, all of its lines with commas between them.
fn given(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn declared_bytes(headers: &HeaderMap) -> usize {
    let value = headers.get(CONTENT_LENGTH);
    let value = value.and_then(|value| value.to_str().ok());
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

fn given_content_type(given: Option<&str>) -> String {
    given.map_or_else(
        || "the header content-type is missing".to_owned(),
        |given| format!("content-type says `{}`", Excerpt::of(given)),
    )
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn json_media_types_are_recognised() {
        let table = [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("application/json; charset=\"UTF-8\"; profile=x", true),
            ("application/json; charset=utf-16", false),
            ("application/json;charset=latin1", false),
            ("application/x-www-form-urlencoded", false),
            ("text/json", false),
            ("", false),
        ];
        for (value, expected) in table {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert_eq!(is_json(&headers), expected, "{value:?}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    struct Anything;

    impl<'de> serde::Deserialize<'de> for Anything {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
        }
    }

    impl RequestBody for Anything {
        fn expected() -> Value {
            Value::Null
        }
    }

    async fn answer(headers: &[(&str, &str)], body: Body) -> Option<StatusCode> {
        let mut request = Request::builder().header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let read = JsonBody::<Anything>::from_request(request, &()).await;
        read.err().map(|error| error.into_response().status())
    }

    #[tokio::test]
    async fn what_cannot_be_accepted_is_not_read() {
        // A body that never comes.
        let never =
            || Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, io::Error>>());
        let too_large = (MAX_BYTES + 1).to_string();
        let answered = answer(&[("content-length", &too_large)], never()).await;
        assert_eq!(answered, Some(StatusCode::PAYLOAD_TOO_LARGE));
        for encoding in ["gzip", "identity, gzip", "unknown"] {
            let answered = answer(&[("content-encoding", encoding)], never()).await;
            assert_eq!(answered, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{encoding}");
        }
        assert_eq!(answer(&[("content-encoding", "Identity")], Body::from("{}")).await, None);
        // The second line of a header counts as the first does.
        for second in [("content-encoding", "gzip"), ("content-type", "text/plain")] {
            let answered = answer(&[("content-encoding", "identity"), second], never()).await;
            assert_eq!(answered, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{second:?}");
        }
        for codings in ["gzip, chunked", "chunked, chunked", "identity", "", "chunked;q=1"] {
            let answered = answer(&[("transfer-encoding", codings)], never()).await;
            assert_eq!(answered, Some(StatusCode::NOT_IMPLEMENTED), "{codings}");
        }
        let lines = [("transfer-encoding", "gzip"), ("transfer-encoding", "chunked")];
        assert_eq!(answer(&lines, never()).await, Some(StatusCode::NOT_IMPLEMENTED));
        assert_eq!(answer(&[("transfer-encoding", "Chunked ")], Body::from("{}")).await, None);
        let declared_by_nothing = Body::from(vec![b' '; MAX_BYTES + 1]);
        assert_eq!(answer(&[], declared_by_nothing).await, Some(StatusCode::PAYLOAD_TOO_LARGE));
    }
}
