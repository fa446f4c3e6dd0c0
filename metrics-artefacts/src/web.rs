//! Answers of running programs and of a Prometheus.

use std::{io, time::Duration};

use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};

use crate::bearer::BearerToken;

/// The most bytes of an answer.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// How long an answer may take in all, unless somebody says otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// An answer with the status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The header `Content-Type`; empty without one.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// An address that does not answer as it should. Names the address, without what is secret in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// Nobody answers, or not in time.
    #[error("{url}: no answer: {cause}")]
    NoAnswer {
        /// The address.
        url: String,
        /// The reason.
        cause: Box<ureq::Error>,
    },
    /// The answer is not there in time.
    #[error("{url}: no answer within {}", humantime::format_duration(*.patience))]
    TooSlow {
        /// The address.
        url: String,
        /// How long it had.
        patience: Duration,
    },
    /// The answer has another status than 200.
    #[error("{url}: the answer has the status {status}{}", said(.body))]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// The answer is compressed, which was not asked for.
    #[error(
        "{url}: the answer is compressed with `{}`, which was not asked for",
        Excerpt::of(.encoding)
    )]
    Compressed {
        /// The address.
        url: String,
        /// The header `Content-Encoding`.
        encoding: String,
    },
    /// The answer breaks off, is too long, or is not text.
    #[error("{url}: the answer cannot be read: {cause}")]
    Unreadable {
        /// The address.
        url: String,
        /// The reason.
        cause: io::Error,
    },
}

impl WebError {
    /// The address.
    pub fn url(&self) -> &str {
        match self {
            Self::NoAnswer { url, .. }
            | Self::TooSlow { url, .. }
            | Self::Status { url, .. }
            | Self::Compressed { url, .. }
            | Self::Unreadable { url, .. } => url,
        }
    }
}

/// The beginning of a body, behind a colon.
fn said(body: &str) -> String {
    if body.is_empty() { String::new() } else { format!(": {}", Excerpt::of_message(body)) }
}

/// Gets a text, within 30 s.
///
/// # Errors
///
/// [`WebError`] if nobody answers, or the answer is not a text with the status 200.
pub fn get(url: &str) -> Result<String, WebError> {
    get_with(url, &[])
}

/// Gets a text with these parameters of a query, within 30 s.
///
/// # Errors
///
/// As [`get`].
pub fn get_with(url: &str, parameters: &[(&str, &str)]) -> Result<String, WebError> {
    ask(url, parameters, "*/*", PATIENCE, None).map(|answer| answer.body)
}

/// Gets a text with these parameters of a query, this header `Accept`, this token, and within this
/// time. The token is not sent to another host, which an answer may lead to.
///
/// # Errors
///
/// As [`get`].
pub fn ask(
    url: &str,
    parameters: &[(&str, &str)],
    accept: &str,
    patience: Duration,
    token: Option<&BearerToken>,
) -> Result<Answer, WebError> {
    Client::new(patience).ask(url, parameters, accept, token)
}

/// Asks one server again and again, over connections that stay open.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    patience: Duration,
}

impl Client {
    /// A client whose answers may take this time.
    pub(crate) fn new(patience: Duration) -> Self {
        let configuration = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .build();
        Self { agent: configuration.into(), patience }
    }

    /// Gets a text, as [`ask`] does.
    pub(crate) fn ask(
        &self,
        url: &str,
        parameters: &[(&str, &str)],
        accept: &str,
        token: Option<&BearerToken>,
    ) -> Result<Answer, WebError> {
        let Self { agent, patience } = self;
        let patience = *patience;
        let mut request =
            agent.get(url).query_pairs(parameters.iter().copied()).header("Accept", accept);
        if let Some(token) = token {
            request = request.header("Authorization", token.header());
        }
        let without_token = |text: String| match token {
            Some(token) => token.redacted(&text),
            None => text,
        };
        let of = || ShownAddress(url).to_string();
        let mut response = request.call().map_err(|cause| match cause {
            ureq::Error::Timeout(_) => WebError::TooSlow { url: of(), patience },
            cause => WebError::NoAnswer { url: of(), cause: Box::new(cause) },
        })?;
        let status = response.status().as_u16();
        let header = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            without_token(value.unwrap_or_default().to_owned())
        };
        let (content_type, encoding) = (header("content-type"), header("content-encoding"));
        if status == 200 && !["", "identity"].contains(&encoding.as_str()) {
            return Err(WebError::Compressed { url: of(), encoding });
        }
        let body = response.body_mut().with_config().limit(MAX_BYTES).read_to_string();
        let body = body.map_err(|error| match error {
            ureq::Error::Timeout(_) => WebError::TooSlow { url: of(), patience },
            error => WebError::Unreadable { url: of(), cause: io::Error::other(error) },
        })?;
        let body = without_token(body);
        if status != 200 {
            let body = body.chars().take(200).collect::<String>().trim().to_owned();
            return Err(WebError::Status { url: of(), status, body });
        }
        Ok(Answer { content_type, body })
    }
}
