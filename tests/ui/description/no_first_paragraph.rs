use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// ```
    /// Metrics::global().jobs_total.inc();
    /// ```
    jobs_total: Counter,
}

fn main() {}
