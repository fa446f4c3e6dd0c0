//! Reads what is at an address with `http://`, and says why that is impossible.

use std::{borrow::Cow, error::Error, io, iter, net::SocketAddr, time::Duration};

use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};
use reqwest::{
    Client, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, TRANSFER_ENCODING},
    redirect::Policy,
};

use crate::job::{FailureReason, http_address};

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Reads what is at an address. Clones share their connections.
///
/// Proxies of the environment are not used: a worker reaches the hosts that its machine reaches.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    response_timeout: Duration,
}

/// Why nothing was read from an address, which is shown without its secrets.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    /// The text is not an address.
    #[error("`{url}` is not an address with `http://`: {cause}")]
    InvalidUrl {
        /// The text.
        url: String,
        /// Its mistake.
        cause: String,
    },
    /// The host has no address.
    #[error("no address is known for the host of {url}: {cause}")]
    HostNotFound {
        /// The address.
        url: String,
        /// The error of the system's resolver.
        cause: String,
    },
    /// No route leads to the host.
    #[error("no route leads to {url}: {cause}")]
    Unreachable {
        /// The address.
        url: String,
        /// The error of the system.
        cause: String,
    },
    /// Nothing listens at the address.
    #[error("the connection to {url} was refused")]
    Refused {
        /// The address.
        url: String,
    },
    /// The connection ended before the answer did.
    #[error("the connection to {url} ended before its answer: {cause}")]
    Reset {
        /// The address.
        url: String,
        /// The error of the connection.
        cause: String,
    },
    /// The server was silent for too long.
    #[error("{url} was silent for {}", humantime::format_duration(*.limit))]
    TimedOut {
        /// The address.
        url: String,
        /// How long it may be silent.
        limit: Duration,
    },
    /// The server answered with an error.
    #[error("{url} answered with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: StatusCode,
    },
    /// The server answered with something that is not an answer.
    #[error("the answer of {url} is not usable: {cause}")]
    BadAnswer {
        /// The address.
        url: String,
        /// The problem.
        cause: String,
    },
    /// The answer is too long.
    #[error("the answer of {url} is longer than {limit} bytes")]
    TooLong {
        /// The address.
        url: String,
        /// The most bytes that are read.
        limit: u64,
    },
}

impl HttpError {
    /// The reason of a job that failed because of it.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::InvalidUrl { .. } | Self::TooLong { .. } => FailureReason::InvalidInput,
            Self::HostNotFound { .. } => FailureReason::HostNotFound,
            Self::Unreachable { .. } => FailureReason::Unreachable,
            Self::Refused { .. } => FailureReason::ConnectionRefused,
            Self::Reset { .. } => FailureReason::ConnectionReset,
            Self::TimedOut { .. } => FailureReason::ResponseTimeout,
            Self::Status { .. } | Self::BadAnswer { .. } => FailureReason::BadResponse,
        }
    }
}

impl HttpClient {
    /// A client for servers that may be silent for at most `response_timeout`.
    ///
    /// # Errors
    /// The HTTP library cannot be set up.
    pub fn new(response_timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(response_timeout)
            .read_timeout(response_timeout)
            .redirect(Policy::limited(MAX_REDIRECTS))
            .dns_resolver(SystemResolver)
            .no_proxy()
            .build()?;
        Ok(Self { client, response_timeout })
    }

    /// Reads at most `limit` bytes from an address.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub async fn get(&self, url: &str, limit: u64) -> Result<Vec<u8>, HttpError> {
        let shown = || ShownAddress(url).to_string();
        let invalid = |cause| HttpError::InvalidUrl { url: shown(), cause };
        let parsed = http_address(url).map_err(invalid)?;
        let failed = |cause| self.failed(shown(), &cause);
        let mut response = self.client.get(parsed).send().await.map_err(failed)?;
        let status = response.status();
        // Another success, such as 206, has a part of what is there, or nothing.
        if status != StatusCode::OK {
            return Err(HttpError::Status { url: shown(), status });
        }
        if let Some(coding) = foreign_coding(response.headers()) {
            let cause = format!("its transfer coding is `{}`", Excerpt::of(&coding));
            return Err(HttpError::BadAnswer { url: shown(), cause });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(HttpError::TooLong { url: shown(), limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failed(&self, url: String, error: &reqwest::Error) -> HttpError {
        if error.is_timeout() {
            return HttpError::TimedOut { url, limit: self.response_timeout };
        }
        let chain = || causes(error);
        let cause = chain().last().map(ToString::to_string).unwrap_or_default();
        if chain().any(<dyn Error>::is::<UnknownHost>) {
            return HttpError::HostNotFound { url, cause };
        }
        let ended = || {
            chain()
                .filter_map(|error| error.downcast_ref::<hyper::Error>())
                .any(|error| error.is_incomplete_message() || error.is_closed())
        };
        match chain().find_map(|error| error.downcast_ref()).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => HttpError::Refused { url },
            Some(io::ErrorKind::TimedOut) => {
                HttpError::TimedOut { url, limit: self.response_timeout }
            }
            Some(
                io::ErrorKind::BrokenPipe
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::UnexpectedEof,
            ) => HttpError::Reset { url, cause },
            _ if error.is_connect() => HttpError::Unreachable { url, cause },
            _ if ended() => HttpError::Reset { url, cause },
            _ => HttpError::BadAnswer { url, cause },
        }
    }
}

/// The transfer coding of an answer, if it has another one than `chunked`: nobody has undone it.
fn foreign_coding(headers: &HeaderMap) -> Option<String> {
    let codings = headers.get_all(TRANSFER_ENCODING).iter();
    let codings = codings.map(|value| String::from_utf8_lossy(value.as_bytes()));
    codings.into_iter().find(|coding| !coding.eq_ignore_ascii_case("chunked")).map(Cow::into_owned)
}

/// An error and the errors behind it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |error| (*error).source())
}

/// The resolver of the system, with an error of its own among the errors of a connection.
#[derive(Debug)]
struct SystemResolver;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UnknownHost(io::Error);

impl Resolve for SystemResolver {
    fn resolve(&self, host: Name) -> Resolving {
        Box::pin(async move {
            // The port is that of the address; the client replaces it.
            let found = tokio::net::lookup_host((host.as_str(), 0)).await.map_err(UnknownHost)?;
            Ok(Box::new(found.collect::<Vec<SocketAddr>>().into_iter()) as Addrs)
        })
    }
}
