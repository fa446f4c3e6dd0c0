//! The beginning of an observation without options.

use super::{DockerError, DockerOptions, DockerRoles};
use crate::roles::{Observations, RecordRoles};

/// Records the [`ContainerMetrics`](super::ContainerMetrics) of the engine that `DOCKER_HOST`
/// names, or of `/var/run/docker.sock`, until the returned value is dropped.
///
/// Observe an engine once: the values of two observations are added up.
///
/// # Errors
///
/// If `DOCKER_HOST` is not the path of a unix socket, or the system gives the process no thread, or
/// has no unix sockets. An engine that does not answer is no error: it is asked again at each
/// interval.
///
/// ```no_run
/// use osapi_metrics::instrumentation::docker;
///
/// match docker::observe() {
///     Ok(observations) => observations.keep(),
///     Err(error) => eprintln!("no metrics of containers: {error}"),
/// }
/// ```
pub fn observe() -> Result<Observations, DockerError> {
    DockerOptions::new().observe()
}

/// Records the containers in another set: [`DockerStatsMetrics`](super::DockerStatsMetrics), or a
/// set of your own, which has `roles(of = DockerRoles)`. The labels are those of
/// `roles(…, labels = …)`, `()` without them.
///
/// # Errors
///
/// Same as [`observe`].
///
/// ```no_run
/// use osapi_metrics::instrumentation::docker::{self, DockerStatsMetrics};
///
/// // The names of the Collector's receiver `docker_stats`.
/// docker::observe_in::<DockerStatsMetrics>(&())?.keep();
/// # Ok::<(), docker::DockerError>(())
/// ```
pub fn observe_in<S: RecordRoles<DockerRoles>>(
    labels: &S::Labels,
) -> Result<Observations, DockerError> {
    DockerOptions::new().observe_in::<S>(labels)
}
