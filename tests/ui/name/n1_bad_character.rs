use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs waiting.
    #[metric(name = "osapi_jobs waiting")]
    waiting: Gauge,
}

fn main() {
    Jobs::global().waiting.set(1.0);
}
