//! `GET /models/{name}`: the files that workers download.

use axum::{
    http::header::{CONTENT_TYPE, HeaderName},
    response::IntoResponse,
};
use osapi_common::http::{NoParameters, PathText, QueryParameters};

use super::error::ApiError;
use crate::models;

/// The header with the SHA-256 digest of a model, in hexadecimal digits.
const DIGEST: HeaderName = HeaderName::from_static("x-sha256");

pub(super) async fn model(
    PathText(name): PathText,
    _: QueryParameters<NoParameters>,
) -> Result<impl IntoResponse, ApiError> {
    let Some(model) = models::published(&name) else {
        return Err(ApiError::NoSuchModel { name });
    };
    let headers = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (DIGEST, model.sha256)];
    Ok((headers, model.bytes))
}
