use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "http";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Requests waiting.
    #[metric(name = "http.requests.waiting")]
    waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}
