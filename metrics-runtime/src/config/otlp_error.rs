use std::io;

use osapi_metrics_rules::excerpt::Excerpt;

use super::{ConfigError, TlsFileError};

/// The reason why a push over OTLP could not start. No message contains a header's value or the
/// credentials of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OtlpError {
    /// The transport of the protocol is not compiled in.
    #[error(
        "OTLP protocol `{protocol}` is not compiled in; enable feature `{feature}` of `osapi-metrics` or choose another `protocol`"
    )]
    ProtocolNotCompiled {
        /// The protocol as it is written in the configuration.
        protocol: &'static str,
        /// The feature that adds the protocol.
        feature: &'static str,
    },

    /// The endpoint needs TLS, which is not compiled in.
    #[error(
        "OTLP endpoint `{endpoint}` needs TLS, which is not compiled in; enable feature `otlp-tls` of `osapi-metrics` or give an `http://` endpoint"
    )]
    TlsNotCompiled {
        /// The endpoint without credentials and query.
        endpoint: String,
    },

    /// The endpoint is not a URL that can be pushed to.
    #[error("OTLP endpoint `{endpoint}` {reason}; give `http://host:port` or `https://host:port`")]
    Endpoint {
        /// The endpoint without credentials and query.
        endpoint: String,
        /// The problem with the endpoint.
        reason: String,
    },

    /// A header that cannot be sent.
    #[error("OTLP header `{}` {reason}", Excerpt::of(name))]
    Header {
        /// The header's name.
        name: String,
        /// The problem with the header, and the allowed values.
        reason: &'static str,
    },

    /// The files for TLS cannot be used.
    #[error("OTLP {0}")]
    TlsFile(#[from] TlsFileError),

    /// The environment names a proxy that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ConfigError),

    /// The transport rejected its settings.
    #[error("OTLP exporter for `{endpoint}` could not be built: {source}")]
    Transport {
        /// The endpoint without credentials and query.
        endpoint: String,
        /// The error of the transport.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The transport's thread could not be started.
    #[error("the thread for OTLP connections could not be started: {0}")]
    Thread(#[source] io::Error),
}
