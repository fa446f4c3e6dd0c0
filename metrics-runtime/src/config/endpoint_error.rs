use std::{io, path::PathBuf};

/// Longer tokens are refused at start: with them the request's head would not fit the server's buffer.
pub(crate) const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Why the endpoint cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The path is not one that a scraper can ask for as it stands.
    #[error(
        "`telemetry.metrics.path` is `{path}`; allowed is a path that begins with `/` and has only letters, \
         digits and `/-._~`, such as `/metrics`"
    )]
    PathNotPlain {
        /// The path as it was configured.
        path: String,
    },
    /// The path is one of the two health paths.
    #[error(
        "`telemetry.metrics.path` is `{path}`, where the process reports its health; choose another, such as `/metrics`"
    )]
    PathTaken {
        /// The path as it was configured.
        path: String,
    },
    /// The bearer token cannot be used.
    #[error(transparent)]
    BearerToken(#[from] BearerTokenError),
}

/// Why the file of `telemetry.metrics.bearer_token_file` cannot be used. The token itself is never shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BearerTokenError {
    /// The file does not exist or cannot be read.
    #[error("`telemetry.metrics.bearer_token_file`: cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file as it was configured.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds nothing but white space: a scrape without a token would be admitted.
    #[error(
        "`telemetry.metrics.bearer_token_file`: `{}` is empty; write the token on its first line",
        path.display()
    )]
    Empty {
        /// The file as it was configured.
        path: PathBuf,
    },
    /// The file is longer than a request's header may be.
    #[error(
        "`telemetry.metrics.bearer_token_file`: `{}` is longer than the allowed {MAX_TOKEN_LENGTH} bytes",
        path.display()
    )]
    TooLong {
        /// The file as it was configured.
        path: PathBuf,
    },
    /// The token has characters that no `Authorization` header can carry.
    #[error(
        "`telemetry.metrics.bearer_token_file`: the token in `{}` has spaces, line breaks or characters \
         outside ASCII; write one line of printable ASCII without spaces",
        path.display()
    )]
    NotGraphic {
        /// The file as it was configured.
        path: PathBuf,
    },
}
