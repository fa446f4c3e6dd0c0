//! `GET /models/{name}`: the files that workers download.

use axum::{extract::Path, http::header::CONTENT_TYPE, response::IntoResponse};

use super::error::ApiError;
use crate::models;

pub(super) async fn model(Path(name): Path<String>) -> Result<impl IntoResponse, ApiError> {
    match models::generate(&name) {
        Some(bytes) => Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes)),
        None => Err(ApiError::NoSuchModel { name }),
    }
}
