//! Answers that are errors, in JSON.

use std::time::Duration;

use axum::{
    Json,
    http::{Method, StatusCode, Uri, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use osapi_metrics_rules::excerpt::Excerpt;
use serde_json::{Value, json};

/// The answer to a request that failed: `{"error": {"code": "…", "message": "…"}}`.
///
/// ```
/// use axum::{http::StatusCode, response::IntoResponse};
/// use osapi_common::http::ErrorAnswer;
///
/// let answer = ErrorAnswer {
///     status: StatusCode::NOT_FOUND,
///     code: "no_such_job",
///     message: "no job has the id `7`".to_owned(),
///     expected: None,
///     retry_after: None,
/// };
/// assert_eq!(answer.into_response().status(), 404);
/// ```
#[derive(Clone, Debug)]
pub struct ErrorAnswer {
    /// The status of the answer.
    pub status: StatusCode,
    /// The kind of the error, for programs.
    pub code: &'static str,
    /// The error, for people.
    pub message: String,
    /// The values that the API accepts, for a field `expected` beside the message.
    pub expected: Option<Value>,
    /// When the client may try again, in whole seconds, for the header `retry-after`.
    pub retry_after: Option<Duration>,
}

impl IntoResponse for ErrorAnswer {
    fn into_response(self) -> Response {
        // A message may repeat what the client gave.
        let message = Excerpt::of_message(&self.message).to_string();
        let mut error = json!({"code": self.code, "message": message});
        if let Some(expected) = self.expected {
            error["expected"] = expected;
        }
        let answer = (self.status, Json(json!({ "error": error })));
        match self.retry_after {
            Some(time) => ([(RETRY_AFTER, time.as_secs().to_string())], answer).into_response(),
            None => answer.into_response(),
        }
    }
}

pub(super) fn no_such_path(uri: &Uri, paths: &[String]) -> ErrorAnswer {
    ErrorAnswer {
        status: StatusCode::NOT_FOUND,
        code: "no_such_path",
        message: format!("there is nothing at `{}`", uri.path()),
        expected: Some(json!({ "paths": paths })),
        retry_after: None,
    }
}

pub(super) async fn method_not_allowed(method: Method, uri: Uri) -> ErrorAnswer {
    ErrorAnswer {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "method_not_allowed",
        message: format!(
            "`{}` does not accept {method}; the header Allow lists the accepted methods",
            uri.path()
        ),
        expected: None,
        retry_after: None,
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn json(answer: Response) -> Value {
        let body = answer.into_body().collect().await.expect("a whole body").to_bytes();
        serde_json::from_slice(&body).expect("valid JSON")
    }

    #[tokio::test]
    async fn an_answer_has_the_error_and_when_to_try_again() {
        let answer = ErrorAnswer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "queue_full",
            message: "the queue is full".to_owned(),
            expected: None,
            retry_after: Some(Duration::from_secs(3)),
        };
        let answer = answer.into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[RETRY_AFTER], "3");
        let error = json!({"code": "queue_full", "message": "the queue is full"});
        assert_eq!(json(answer).await, json!({ "error": error }));
    }

    #[tokio::test]
    async fn what_a_client_gave_is_cut() {
        let answer = ErrorAnswer {
            status: StatusCode::BAD_REQUEST,
            code: "bad_json",
            message: format!("unknown field `{}`, expected `name`", "x".repeat(1_000_000)),
            expected: None,
            retry_after: None,
        };
        let answer = json(answer.into_response()).await;
        let message = answer["error"]["message"].as_str().expect("a text");
        assert!(message.len() < 600 && message.ends_with(", expected `name`"), "{message}");
    }
}
