//! The API of a Prometheus.

use std::time::Duration;

use osapi_metrics_rules::excerpt::Excerpt;
use serde::{Deserialize, de::DeserializeOwned};

use crate::web::{self, WebError};

/// A Prometheus, asked over HTTP.
#[derive(Clone, Debug)]
pub struct Prometheus {
    base: String,
    patience: Duration,
}

/// A question that a Prometheus does not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The answer is of another server.
    #[error("`/api/v1/{path}` does not answer as a Prometheus does: {cause}")]
    NotPrometheus {
        /// The path below `/api/v1/`.
        path: String,
        /// The reason.
        cause: serde_json::Error,
    },
    /// The answer has another status than 200.
    #[error("`/api/v1/{path}` answers with the status {status}: {}", Excerpt::of_message(.problem))]
    Refused {
        /// The path below `/api/v1/`.
        path: String,
        /// The status.
        status: u16,
        /// What Prometheus says, or the beginning of the body.
        problem: String,
    },
    /// Nobody answers, or not in time.
    #[error(transparent)]
    NoAnswer(WebError),
}

/// The frame of every answer.
#[derive(Deserialize)]
struct Frame<T> {
    data: T,
}

impl Prometheus {
    /// The server with this address, as in `http://127.0.0.1:9090`, and the time that an answer may
    /// take.
    pub fn new(url: &str, patience: Duration) -> Self {
        Self { base: url.trim_end_matches('/').to_owned(), patience }
    }

    /// The data of an answer to `/api/v1/PATH` with these parameters.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the server is away, refuses the question, or is no Prometheus.
    pub fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Result<T, ApiError> {
        let url = format!("{}/api/v1/{path}", self.base);
        let answer = web::ask(&url, parameters, "application/json", self.patience, None);
        match answer {
            Ok(answer) => match serde_json::from_str::<Frame<T>>(&answer.body) {
                Ok(frame) => Ok(frame.data),
                Err(cause) => Err(ApiError::NotPrometheus { path: path.to_owned(), cause }),
            },
            Err(WebError::Status { status, body, .. }) => {
                Err(ApiError::Refused { path: path.to_owned(), status, problem: body })
            }
            Err(error) => Err(ApiError::NoAnswer(error)),
        }
    }
}

impl ApiError {
    /// Whether every other question would fail, too: nobody answers, or another server does.
    pub fn is_away(&self) -> bool {
        match self {
            Self::NotPrometheus { .. } => true,
            Self::Refused { status, .. } => *status == 404,
            Self::NoAnswer(error) => matches!(error, WebError::NoAnswer { .. }),
        }
    }
}
