//! The metrics of a service, at its start and at its end.

use std::time::Duration;

use osapi_metrics::Metrics;
use tokio::task::spawn_blocking;
use tracing::warn;

/// The time for the last export where no time is left.
const LAST_EXPORT: Duration = Duration::from_millis(100);

/// The path at which the metrics are served.
///
/// # Errors
/// The reason why no metrics are served.
pub fn scrape_path(metrics: &Metrics) -> Result<&str, &'static str> {
    let config = metrics.config();
    if !config.enabled {
        Err("disabled by the configuration or the environment")
    } else if config.prometheus {
        Ok(&config.path)
    } else {
        Err("not served to Prometheus, as the configuration or the environment says")
    }
}

/// Exports the metrics a last time, within `limit` or a tenth of a second.
///
/// A failure is logged and has no other effect.
pub async fn export_last(metrics: Metrics, limit: Duration) {
    let limit = limit.max(LAST_EXPORT);
    // The call blocks its thread until a collector has answered or the time is up.
    let exported = spawn_blocking(move || metrics.shutdown_within(limit)).await;
    if let Ok(Err(error)) = exported {
        warn!(%error, "the last export of the metrics failed");
    }
}
