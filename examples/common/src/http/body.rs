//! The body of a request, read as JSON within limits of size and time.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT},
    },
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::answer::ErrorAnswer;
use crate::json;

/// The largest body that is accepted, 1 MiB.
const MAX_BYTES: usize = 1024 * 1024;

/// How much of a body is read before a larger body is refused. The part over [`MAX_BYTES`] is
/// discarded.
///
/// Most clients read the answer only after they have sent the whole body. They would see a broken
/// connection instead of the answer if the server closed it earlier.
const MAX_DISCARDED_BYTES: usize = 32 * MAX_BYTES;

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
    /// The body is not JSON of the expected form.
    #[error("the body does not have the expected form: {cause}")]
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
        if !is_json(&parts.headers) {
            let given = parts.headers.get(CONTENT_TYPE);
            let given = given.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            return Err(BodyError::NotJson { given });
        }
        if expects_continue(&parts.headers) && declared_bytes(&parts.headers) > MAX_BYTES {
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

async fn read(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| BodyError::Broken { cause })?;
        let Ok(data) = frame.into_data() else {
            continue; // Trailers.
        };
        length += data.len();
        if length <= MAX_BYTES {
            bytes.extend_from_slice(&data);
        } else if length > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if length <= MAX_BYTES { Ok(bytes) } else { Err(TOO_LARGE) }
}

/// Whether the content type is `application/json` or `application/…+json`, with or without
/// parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or(value).trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Whether the client sends the body only after the server has agreed to read it.
fn expects_continue(headers: &HeaderMap) -> bool {
    let value = headers.get(EXPECT);
    value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn declared_bytes(headers: &HeaderMap) -> usize {
    let value = headers.get(CONTENT_LENGTH);
    let value = value.and_then(|value| value.to_str().ok());
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

fn given_content_type(given: Option<&str>) -> String {
    given.map_or_else(
        || "the header content-type is missing".to_owned(),
        |given| format!("content-type says `{given}`"),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn json_media_types_are_recognised() {
        let table = [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
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
}
