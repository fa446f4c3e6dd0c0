use std::{fmt, path::PathBuf, time::Duration};

use http::Method;
use osapi_metrics_rules::excerpt::ShownAddress;

use super::{PushgatewayError, exposed_labels, grouping};
use crate::config::Secret;

/// A Pushgateway, and the group of metrics in it that a job changes.
///
/// The values are checked by the methods that use them, such as
/// [`Metrics::push_to`](crate::Metrics::push_to).
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::pushgateway::Pushgateway;
///
/// let gateway = Pushgateway::new("https://gateway.example", "backup")
///     .grouping("instance", "db1")
///     .grouping("volume", "/var/lib")
///     .basic_auth("backup", "6f1c")
///     .timeout(Duration::from_secs(5));
/// assert!(!format!("{gateway:?}").contains("6f1c"));
/// ```
#[derive(Clone)]
#[must_use = "nothing is sent until `Metrics::push_to` or another method of `Metrics` is called"]
pub struct Pushgateway {
    pub(super) url: String,
    job: String,
    labels: Vec<(String, String)>,
    pub(super) user: Option<(String, Secret)>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) identity: Option<(PathBuf, PathBuf)>,
    pub(super) timeout: Duration,
}

/// What becomes of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupRequest {
    Replace,
    Add,
    Delete,
}

impl Pushgateway {
    /// The group of a job in the gateway at a URL, which may have a path: `http://host:9091` or
    /// `https://host/prefix`.
    pub fn new(url: impl Into<String>, job: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            job: job.into(),
            labels: Vec::new(),
            user: None,
            certificate: None,
            identity: None,
            timeout: Duration::from_secs(10),
        }
    }

    /// Adds a label to the grouping key, such as the instance of the job. Every metric of the group
    /// gets it, so no metric may have one of this name.
    ///
    /// Any value is allowed, also an empty one and one with `/`.
    pub fn grouping(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((label.into(), value.into()));
        self
    }

    /// Sends a user name and a password, which no message shows.
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.user = Some((user.into(), password.into()));
        self
    }

    /// The PEM file with the authorities to trust, instead of the authorities that are compiled
    /// into the program. It counts for `https` URLs.
    pub fn certificate(mut self, file: impl Into<PathBuf>) -> Self {
        self.certificate = Some(file.into());
        self
    }

    /// The PEM files with the client's certificate chain and its private key. They count for
    /// `https` URLs.
    pub fn client_certificate(
        mut self,
        chain: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.identity = Some((chain.into(), key.into()));
        self
    }

    /// The longest time that a request may take, 10 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The path of the group.
    pub(super) fn path(&self) -> Result<String, PushgatewayError> {
        grouping::path(&self.job, &self.labels)
    }

    /// Checks that no metric has a label of the grouping key.
    pub(super) fn check_labels(&self, text: &str) -> Result<(), PushgatewayError> {
        let is_of_key =
            |label: &str| label == "job" || self.labels.iter().any(|(of_key, _)| of_key == label);
        match exposed_labels::find(text, is_of_key) {
            Some((metric, label)) => Err(PushgatewayError::LabelOfMetric {
                metric: metric.to_owned(),
                label: label.to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl GroupRequest {
    pub(super) fn method(self) -> Method {
        match self {
            Self::Replace => Method::PUT,
            Self::Add => Method::POST,
            Self::Delete => Method::DELETE,
        }
    }
}

impl fmt::Debug for Pushgateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pushgateway")
            .field("url", &ShownAddress(&self.url).to_string())
            .field("job", &self.job)
            .field("labels", &self.labels)
            .field("user", &self.user)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
