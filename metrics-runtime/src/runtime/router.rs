use super::metrics::Metrics;
use crate::http;

impl Metrics {
    /// `/metrics`, `/metrics/catalogue`, `/health` and `/health/ready`, to merge into an axum
    /// application.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        http::router(self.prometheus.endpoint.clone())
    }

    /// The paths of the [router](Self::router), for an application that lists its paths.
    pub fn router_paths(&self) -> [&str; 4] {
        self.prometheus.endpoint.paths()
    }
}
