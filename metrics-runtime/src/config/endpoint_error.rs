use std::{io, path::PathBuf};

use osapi_metrics_rules::excerpt::Excerpt;

use super::error::shown;

/// Longer tokens are rejected at the start: with a longer token the request's head would not fit
/// the server's buffer.
pub(crate) const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// The reason why the endpoint cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The path does not begin with `/`, or has characters or segments that are not allowed.
    #[error(
        "`telemetry.metrics.path` is `{}`; allowed is a path that begins with `/` and has only letters, \
         digits and `/-._~`, without `//` and without `.` or `..` between two `/`, such as `/metrics`",
        Excerpt::of(path)
    )]
    PathNotPlain {
        /// The configured path.
        path: String,
    },
    /// The path is one of the two health paths.
    #[error(
        "`telemetry.metrics.path` is `{path}`, where the process reports its health; choose another, such as `/metrics`"
    )]
    PathTaken {
        /// The configured path.
        path: String,
    },
    /// The bearer token cannot be used.
    #[error(transparent)]
    BearerToken(#[from] BearerTokenError),
}

/// The reason why the file of `telemetry.metrics.bearer_token_file` cannot be used. The token
/// itself is never shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BearerTokenError {
    /// The file does not exist or cannot be read.
    #[error("`telemetry.metrics.bearer_token_file`: cannot read `{}`: {source}", shown(path))]
    Unreadable {
        /// The configured file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file holds only white space: a scrape without a token would be admitted.
    #[error(
        "`telemetry.metrics.bearer_token_file`: `{}` is empty; write the token on its first line",
        shown(path)
    )]
    Empty {
        /// The configured file.
        path: PathBuf,
    },
    /// The file is longer than a request's header may be.
    #[error(
        "`telemetry.metrics.bearer_token_file`: `{}` is longer than the allowed {MAX_TOKEN_LENGTH} bytes",
        shown(path)
    )]
    TooLong {
        /// The configured file.
        path: PathBuf,
    },
    /// The token has characters that an `Authorization` header cannot carry.
    #[error(
        "`telemetry.metrics.bearer_token_file`: the token in `{}` has spaces, line breaks or characters \
         outside ASCII; write one line of printable ASCII without spaces",
        shown(path)
    )]
    NotGraphic {
        /// The configured file.
        path: PathBuf,
    },
}
