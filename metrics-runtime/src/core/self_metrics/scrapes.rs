use std::time::Instant;

use crate::core::{
    descriptor::{LabelSet, LabelValue},
    instruments::{Counter, Histogram, UpDownCounter, UpDownGuard},
    registry::MetricSet,
    sync::scope,
};

/// The scrapes.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct ScrapeMetrics {
    /// Requests for the metrics, by outcome; one for the headers alone is one too.
    #[metric(name = "osapi_metrics_scrapes_total", unit = "{scrape}")]
    scrapes: Counter<ScrapeLabels>,

    /// Time from a request for the metrics to its answer, if there were metrics in it.
    #[metric(
        name = "osapi_metrics_scrape_duration_seconds",
        unit = "s",
        buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    )]
    duration: Histogram,

    /// Scrapes that go on, until their answers have been sent; what has a limit.
    #[metric(name = "osapi_metrics_scrapes_active", unit = "{scrape}")]
    active: UpDownCounter,
}

#[derive(Clone, Copy, LabelSet)]
#[label(crate = "crate")]
struct ScrapeLabels {
    outcome: ScrapeOutcome,
}

/// The outcome of a request for the metrics.
#[derive(Clone, Copy, Debug, LabelValue)]
#[label(crate = "crate")]
pub(crate) enum ScrapeOutcome {
    /// The response has the metrics.
    Succeeded,
    /// The metrics could not be collected, or the bearer token could not be read.
    Failed,
    /// The collection took too long.
    TimedOut,
    /// The allowed number of scrapes was active already.
    Overloaded,
    /// The request did not have the bearer token.
    Unauthorized,
    /// The request accepts none of the formats, or the names that it asks for cannot be read.
    NotAcceptable,
    /// The runtime has been shut down.
    Unavailable,
    /// The client closed the connection before the response.
    Cancelled,
}

/// A request for the metrics: counted once, as cancelled if it is dropped before it ends.
#[derive(Debug)]
pub(crate) struct CountedScrape {
    begun: Instant,
    outcome: ScrapeOutcome,
}

impl CountedScrape {
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), outcome: ScrapeOutcome::Cancelled }
    }

    pub(crate) fn end(mut self, outcome: ScrapeOutcome) {
        self.outcome = outcome;
    }
}

impl Drop for CountedScrape {
    fn drop(&mut self) {
        let metrics = metrics();
        if let ScrapeOutcome::Succeeded = self.outcome {
            metrics.duration.record_duration(self.begun.elapsed());
        }
        metrics.scrapes.with(ScrapeLabels { outcome: self.outcome }).inc();
    }
}

/// Counts a scrape as active until the guard is dropped.
pub(crate) fn active_scrape() -> UpDownGuard {
    metrics().active.guard()
}

/// A capture of a test does not take the scrapes: they belong to the runtime.
fn metrics() -> &'static ScrapeMetrics {
    scope::suspended(ScrapeMetrics::global)
}
