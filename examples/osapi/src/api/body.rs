//! The body of a request, read as JSON within limits of size and time.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{
        HeaderMap,
        header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT},
    },
};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::error::ApiError;

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

const TOO_LARGE: ApiError = ApiError::BodyTooLarge { max_bytes: MAX_BYTES };

/// A request body, read as JSON.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            let given = parts.headers.get(CONTENT_TYPE);
            let given = given.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            return Err(ApiError::NotJson { given });
        }
        if expects_continue(&parts.headers) && declared_bytes(&parts.headers) > MAX_BYTES {
            return Err(TOO_LARGE);
        }
        let bytes = timeout(READ_LIMIT, read(body)).await;
        let bytes = bytes.map_err(|_| ApiError::BodyTooSlow { limit: READ_LIMIT })??;
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Self(value)),
            Err(cause) => Err(ApiError::BadJson { cause }),
        }
    }
}

async fn read(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| ApiError::BrokenBody { cause })?;
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
