use std::{error::Error, io, time::Duration};

use osapi_metrics_rules::excerpt::Excerpt;

use crate::config::{ConfigError, TlsFileError};

/// The reason why a group of a Pushgateway was not changed. No message has a password in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushgatewayError {
    /// The URL is not one of a gateway.
    #[error("Pushgateway `{url}` {reason}; give `http://host:port` or `https://host:port`")]
    Url {
        /// The URL without credentials and query.
        url: String,
        /// The problem with the URL.
        reason: String,
    },
    /// The job is empty.
    #[error("the job of a group in a Pushgateway is empty; give it a name, such as `backup`")]
    Job,
    /// A label of the grouping key that is not allowed.
    #[error("the grouping label `{}` {reason}", Excerpt::of(label))]
    Label {
        /// The label.
        label: String,
        /// The problem with the label, and what is allowed.
        reason: &'static str,
    },
    /// The user name has a colon.
    #[error("the user name for the Pushgateway has a colon, which ends a user name in HTTP")]
    User,
    /// A metric has a label that is also in the grouping key: the gateway would overwrite it.
    #[error(
        "the metric `{metric}` has the label `{label}`, which is in the grouping key of the \
         Pushgateway and would be overwritten there; use another key or another label"
    )]
    LabelOfMetric {
        /// The metric as it is pushed.
        metric: String,
        /// The label.
        label: String,
    },
    /// The gateway needs TLS, which is not compiled in.
    #[error(
        "Pushgateway `{url}` needs TLS, which is not compiled in; enable feature `pushgateway-tls` \
         of `osapi-metrics` or give an `http://` URL"
    )]
    TlsNotCompiled {
        /// The URL.
        url: String,
    },
    /// The files for TLS cannot be used.
    #[error("Pushgateway: {0}")]
    TlsFile(#[from] TlsFileError),
    /// The environment names a proxy that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ConfigError),
    /// The metrics could not be collected.
    #[error("the metrics could not be collected: {0}")]
    Collect(Box<dyn Error + Send + Sync>),
    /// The request could not be built, for example because its URL is too long.
    #[error("the request to the Pushgateway {target} could not be built: {source}")]
    Request {
        /// The URL of the group.
        target: String,
        /// The problem.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The gateway cannot be reached, or the connection failed.
    #[error("the Pushgateway {target} cannot be reached: {cause}")]
    Connection {
        /// The URL of the group, and the proxy that leads to it.
        target: String,
        /// The reason.
        cause: String,
    },
    /// The gateway has not answered in time.
    #[error(
        "the Pushgateway {target} has not answered within {}",
        humantime::format_duration(*timeout)
    )]
    Timeout {
        /// The URL of the group, and the proxy that leads to it.
        target: String,
        /// The time limit.
        timeout: Duration,
    },
    /// The gateway, or what answers in its place, has refused the request.
    #[error("the Pushgateway {target} answered with status {status}: {body}")]
    Refused {
        /// The URL of the group, and the proxy that leads to it.
        target: String,
        /// The status of HTTP.
        status: u16,
        /// The beginning of what it says.
        body: String,
    },
    /// The thread of the connection could not be started, or has panicked.
    #[error("the thread for the connection to the Pushgateway failed: {0}")]
    Thread(#[source] io::Error),
}
