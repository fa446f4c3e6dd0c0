use std::net::SocketAddr;

use super::metrics::Metrics;
use crate::{
    exposition::Format,
    http::{ServeError, ServerLimits},
};

impl Metrics {
    /// The text of a scrape: every metric, in the given format.
    ///
    /// It runs the callbacks of observable instruments. The scrape has no metrics if metrics are
    /// disabled, if the runtime is shut down, or if this is called from such a callback. It has no
    /// metrics either after an instrument of another library has panicked in a callback, which ends
    /// the SDK's collection for good: the failure is logged, and a scrape over HTTP is answered
    /// with 500.
    pub fn render(&self, format: Format) -> String {
        self.prometheus.render(format)
    }

    /// Serves `/metrics`, `/health` and `/health/ready` on the configured address
    /// (`telemetry.metrics.listen`), for a process without a web server of its own. Returns the
    /// bound address; with port 0 the system chooses one. The server runs on the current tokio
    /// runtime until this value is dropped or shut down.
    ///
    /// It speaks HTTP/1.1 without TLS. `telemetry.metrics.max_concurrent_scrapes` go on at a time,
    /// each for at most `telemetry.metrics.scrape_timeout`, and as long again until its client has
    /// read it. Connections have the limits of [`ServerLimits::default`]; [`Metrics::serve_within`]
    /// takes others.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use osapi_metrics::{Metrics, config::MetricsConfig};
    ///
    /// let mut config = MetricsConfig::default();
    /// config.listen = "127.0.0.1:0".parse()?;
    /// let metrics = Metrics::builder().config(config).enabled(true).install()?;
    /// let address = metrics.serve().await?;
    /// println!("metrics are at http://{address}/metrics");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ServeError`] if it cannot listen on the address, or outside a tokio runtime.
    pub async fn serve(&self) -> Result<SocketAddr, ServeError> {
        self.serve_within(ServerLimits::default()).await
    }

    /// As [`Metrics::serve`], with other limits of connections.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use osapi_metrics::{Metrics, config::MetricsConfig, http::ServerLimits};
    ///
    /// let mut config = MetricsConfig::default();
    /// config.listen = "127.0.0.1:0".parse()?;
    /// let metrics = Metrics::builder().config(config).enabled(true).install()?;
    /// let mut limits = ServerLimits::default();
    /// limits.max_connections = 16;
    /// metrics.serve_within(limits).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Metrics::serve`], and if a limit is out of its range.
    pub async fn serve_within(&self, limits: ServerLimits) -> Result<SocketAddr, ServeError> {
        self.prometheus.serve(self.config.listen, limits).await
    }
}
