use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs waiting.
    #[metric(name = "osapi_jobs_waiting_total")]
    waiting: Gauge,
}

fn main() {
    Jobs::global().waiting.set(1.0);
}
