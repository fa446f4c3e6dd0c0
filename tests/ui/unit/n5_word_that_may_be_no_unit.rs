use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct TillMetrics {
    /// Money received.
    #[metric(name = "osapi_paid_pounds_total", unit = "{pound}")]
    paid: Counter,
}

fn main() {
    TillMetrics::global().paid.inc();
}
