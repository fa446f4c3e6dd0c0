use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs waiting.
    jobs_waiting_: Gauge,
}

fn main() {
    Jobs::global().jobs_waiting_.set(1.0);
}
