//! The metrics of a service, at its start and at its end.

use std::time::Duration;

use osapi_metrics::Metrics;
use tokio::task::spawn_blocking;
use tracing::warn;

/// The time for the last export where no time is left, and the step of longer times, so that a
/// message has a time for people.
const STEP: Duration = Duration::from_millis(100);

/// The time that is kept for what comes after the last export: the end of the process.
const END: Duration = Duration::from_millis(50);

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

/// The path at which a browser sees the metrics, where they are served and the explorer is on.
pub fn explorer_path(metrics: &Metrics) -> Option<String> {
    let is_on = metrics.config().explorer == Some(true);
    scrape_path(metrics).ok().filter(|_| is_on).map(|path| format!("{path}/explorer"))
}

/// Exports the metrics a last time: so that the process can end within `left`, or within a tenth of
/// a second where less is left.
///
/// A failure is logged and has no other effect.
pub async fn export_last(metrics: Metrics, left: Duration) {
    let limit = export_limit(left);
    // The call blocks its thread until a collector has answered or the time is up.
    let exported = spawn_blocking(move || metrics.shutdown_within(limit)).await;
    if let Ok(Err(error)) = exported {
        warn!(%error, "the last export of the metrics failed");
    }
}

/// The longest time for the last export, in whole steps.
fn export_limit(left: Duration) -> Duration {
    let steps = left.saturating_sub(END).as_millis() / STEP.as_millis();
    STEP * u32::try_from(steps).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_export_ends_before_the_time_and_has_a_round_limit() {
        let limit =
            |millis: u64| export_limit(Duration::from_micros(millis * 1_000 - 107)).as_millis();
        assert_eq!(limit(10_000), 9_900);
        assert_eq!(limit(2_999), 2_900);
        assert_eq!(limit(1_251), 1_200);
        assert_eq!(limit(1_249), 1_100);
        assert_eq!(limit(120), 100);
        assert_eq!(export_limit(Duration::ZERO), STEP);
        assert!(export_limit(Duration::MAX) > Duration::from_secs(60 * 60));
    }
}
