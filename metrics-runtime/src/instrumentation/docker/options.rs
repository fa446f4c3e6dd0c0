use std::{env, ops::RangeInclusive, path::PathBuf, time::Duration};

use super::{
    ContainerMetrics, DockerError, DockerRoles, Engine, filters::Filters, recording::record,
    socket::socket,
};
use crate::roles::{Observations, RecordRoles};

/// How containers are observed.
///
/// ```no_run
/// use std::time::Duration;
///
/// use osapi_metrics::instrumentation::docker::{DockerError, DockerOptions};
///
/// # fn main() -> Result<(), DockerError> {
/// DockerOptions::new()
///     .socket("/run/podman/podman.sock")
///     .interval(Duration::from_secs(10))
///     .label("com.example.team=shop")
///     .observe()?
///     .keep();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DockerOptions {
    socket: Option<PathBuf>,
    interval: Duration,
    timeout: Duration,
    filters: Filters,
}

/// Without any time, each request would fail.
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(60 * 60);

impl DockerOptions {
    /// All containers that run, each 30 seconds, from the socket that `DOCKER_HOST` names, or
    /// `/var/run/docker.sock`.
    pub fn new() -> Self {
        Self {
            socket: None,
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(10),
            filters: Filters::default(),
        }
    }

    /// The engine's socket. `DOCKER_HOST` is not read then.
    #[must_use]
    pub fn socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.socket = Some(path.into());
        self
    }

    /// The time between two samples, 1 ms to a year; a time beyond them is the nearer one. Samples
    /// that no scrape or export would see are left out.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The longest time of a request, 1 ms to 1 h, 10 seconds unless it is set. A sample is a
    /// request for the list of containers, and then one or two for each container, 16 at a time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Observes the containers alone that have this label: `key` or `key=value`, as in
    /// `docker ps --filter label=…`. Of several labels a container has all.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.filters.labels.push(label.into());
        self
    }

    /// Observes the containers alone whose name matches this regular expression, as in
    /// `docker ps --filter name=…`: `web` is in `webhook` too, `^web-` is at the beginning. Of
    /// several expressions a name matches one.
    #[must_use]
    pub fn name(mut self, pattern: impl Into<String>) -> Self {
        self.filters.names.push(pattern.into());
        self
    }

    /// Records the [`ContainerMetrics`] until the returned value is dropped.
    ///
    /// # Errors
    ///
    /// Same as [`observe_in`](Self::observe_in).
    pub fn observe(&self) -> Result<Observations, DockerError> {
        self.observe_in::<ContainerMetrics>(&())
    }

    /// Records the containers in another set: [`DockerStatsMetrics`](super::DockerStatsMetrics), or
    /// a set of your own, which has `roles(of = DockerRoles)`. The labels are those of
    /// `roles(…, labels = …)`, `()` without them. The [module](super#names-of-your-own) has an
    /// example.
    ///
    /// # Errors
    ///
    /// If `DOCKER_HOST` is not the path of a unix socket, a filter has no content, the timeout is
    /// out of its range, the system gives the process no thread, or has no unix sockets. An engine
    /// that does not answer is no error.
    pub fn observe_in<S: RecordRoles<DockerRoles>>(
        &self,
        labels: &S::Labels,
    ) -> Result<Observations, DockerError> {
        self.filters.check()?;
        if !TIMEOUTS.contains(&self.timeout) {
            return Err(DockerError::Timeout { given: self.timeout });
        }
        let socket = match &self.socket {
            Some(path) => path.clone(),
            None => socket(env::var_os("DOCKER_HOST"))?,
        };
        let engine = Engine { socket, timeout: self.timeout };
        record::<S>(labels, engine, self.filters.path(), self.interval)
    }
}

impl Default for DockerOptions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_has_a_range() {
        for (timeout, shown) in [(Duration::ZERO, "0s"), (Duration::from_secs(3_601), "1h 1s")] {
            let error = DockerOptions::new().socket("/no/such").timeout(timeout).observe();
            let expected =
                format!("the timeout of a request to the engine is {shown}; 1ms to 1h is allowed");
            assert_eq!(error.unwrap_err().to_string(), expected);
        }
        let error = DockerOptions::new().socket("/no/such").timeout(Duration::MAX).observe();
        assert!(matches!(error, Err(DockerError::Timeout { given: Duration::MAX })));
    }
}
