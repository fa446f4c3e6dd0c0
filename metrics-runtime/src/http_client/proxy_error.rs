use std::error::Error;

use http::StatusCode;

/// The reason why a proxy has not connected to a server. The proxy itself is named by the caller.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyError {
    /// There is no connection to the proxy.
    #[error("the proxy cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The proxy ended the connection, or answered with something else than HTTP.
    #[error("the proxy has not answered as HTTP asks for")]
    Answer(#[source] hyper::Error),
    /// The proxy does not connect to the server.
    #[error("the proxy does not connect to `{server}`: status {}", .status.as_u16())]
    Refused {
        /// The host and the port of the server.
        server: String,
        status: StatusCode,
    },
}

impl ProxyError {
    pub(super) fn unreachable(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unreachable(error.into())
    }

    /// The status with which a proxy has refused to connect, if that is among the causes of an
    /// error.
    pub(crate) fn refusal(error: &(dyn Error + 'static)) -> Option<StatusCode> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(Self::Refused { status, .. }) = error.downcast_ref() {
                return Some(*status);
            }
            cause = error.source();
        }
        None
    }
}
