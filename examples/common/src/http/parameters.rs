//! Parameters in the path and in the query of a request.

use axum::{
    extract::{FromRequestParts, Path, Query, rejection::PathRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::ErrorAnswer;

/// The one parameter in the path of a route, as a text.
///
/// A path whose escapes are not UTF-8 is answered in JSON.
///
/// ```
/// use axum::{Router, routing::get};
/// use osapi_common::http::PathText;
///
/// async fn show(PathText(id): PathText) -> String {
///     format!("the job {id}")
/// }
/// # let _: Router = Router::new().route("/jobs/{id}", get(show));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathText(pub String);

/// Why a path has no text.
#[derive(Debug, thiserror::Error)]
#[error("the path cannot be read: {cause}")]
pub struct PathError {
    /// The reason.
    #[from]
    pub cause: PathRejection,
}

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = PathError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PathError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await?;
        Ok(Self(text))
    }
}

impl IntoResponse for PathError {
    fn into_response(self) -> Response {
        // Only a route without a parameter, or with several, is the server's mistake.
        let status = match self.cause.status() {
            StatusCode::INTERNAL_SERVER_ERROR => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let expected = Some(json!({"path": "escapes such as %20 of characters in UTF-8"}));
        let (code, message) = ("bad_path", self.to_string());
        ErrorAnswer { status, code, message, expected, retry_after: None }.into_response()
    }
}

/// The query of a request.
///
/// Parameters that `T` does not have are refused, where `T` denies unknown fields, and so is a
/// parameter that is given twice.
///
/// ```
/// use axum::{Router, routing::get};
/// use osapi_common::http::{QueryParameters, RequestQuery};
/// use serde_json::{Value, json};
///
/// #[derive(serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Page {
///     page: Option<u32>,
/// }
///
/// impl RequestQuery for Page {
///     fn expected() -> Value {
///         json!({"page": "the number of the page"})
///     }
/// }
///
/// async fn list(QueryParameters(query): QueryParameters<Page>) -> String {
///     format!("page {}", query.page.unwrap_or(1))
/// }
/// # let _: Router = Router::new().route("/jobs", get(list));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct QueryParameters<T>(pub T);

/// A type that a request has as its query.
pub trait RequestQuery: DeserializeOwned {
    /// The parameters, each with its meaning.
    fn expected() -> Value;
}

/// The query of a request that takes no parameters.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

impl RequestQuery for NoParameters {
    fn expected() -> Value {
        json!({})
    }
}

/// Why a query is not accepted.
#[derive(Debug, thiserror::Error)]
#[error("bad query: {message}")]
pub struct QueryError {
    /// What is wrong.
    pub message: String,
    /// The parameters that are accepted.
    pub expected: Value,
}

impl<S: Send + Sync, T: RequestQuery> FromRequestParts<S> for QueryParameters<T> {
    type Rejection = QueryError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, QueryError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                Err(QueryError { message: rejection.body_text(), expected: T::expected() })
            }
        }
    }
}

impl IntoResponse for QueryError {
    fn into_response(self) -> Response {
        let message = self.to_string();
        ErrorAnswer {
            status: StatusCode::BAD_REQUEST,
            code: "bad_query",
            message,
            expected: Some(self.expected),
            retry_after: None,
        }
        .into_response()
    }
}
