//! The metrics of this program: what a service declares, with every kind and limit.

#![expect(dead_code, reason = "the catalogue is what the tests read")]

use std::time::SystemTime;

use osapi_metrics::{
    Catalogue, Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter,
    instrumented_job,
};

/// How an order is paid.
#[derive(Clone, Copy, Debug, LabelValue)]
enum Payment {
    Card,
    Cash,
}

#[derive(Clone, Debug, LabelSet)]
struct OrderLabels {
    payment: Payment,
    express: bool,
    #[label(max = 10)]
    branch: String,
}

/// The orders of a service; a price is `$1 | $2`, and `<b>` is no HTML.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "service", runbook = "https://runbooks.example.org/service")]
struct ServiceMetrics {
    /// Orders paid.
    #[metric(unit = "{order}", renamed_from = "service_sales_total")]
    orders_total: Counter<OrderLabels>,

    /// Time to pay.
    #[metric(unit = "s", buckets = [0.1, 1, 5], warning(above = 1, quantile = 0.95, lasting = "5m"))]
    payment_duration_seconds: Histogram,

    /// Guests.
    #[metric(unit = "{guest}")]
    guests: UpDownCounter,

    /// Share of the shelf that is filled.
    #[metric(unit = "1", critical(below = 0.1, lasting = "5m"))]
    shelf_ratio: Gauge,
}

/// A job with an objective.
#[instrumented_job(name = "service.pay", queued_at = queued_at, slo(latency = "5s", target = 0.99))]
fn pay(queued_at: SystemTime) -> Result<(), std::io::Error> {
    let _ = queued_at;
    Ok(())
}

/// The catalogue of this program, as JSON.
pub(crate) fn catalogue() -> String {
    Catalogue::linked().unwrap().document().to_json()
}
