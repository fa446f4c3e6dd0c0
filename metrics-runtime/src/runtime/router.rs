use super::metrics::Metrics;
use crate::http;

impl Metrics {
    /// `/metrics`, `/health` and `/health/ready`, to merge into an axum application.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        http::router(self.prometheus.endpoint.clone())
    }
}
