use super::metrics::Metrics;
use crate::http;

impl Metrics {
    /// `/metrics`, `/metrics/catalogue`, `/health` and `/health/ready`, to merge into an axum
    /// application; with the feature `explorer` also its paths.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        http::router(self.prometheus.endpoint.clone())
    }

    /// The paths of the [router](Self::router), for an application that lists its paths.
    pub fn router_paths(&self) -> Vec<&str> {
        self.prometheus.endpoint.paths().collect()
    }
}
