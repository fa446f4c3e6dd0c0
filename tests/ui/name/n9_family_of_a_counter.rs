use osapi_metrics::{Counter, Gauge, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_total: Counter,
    /// Jobs that exist now.
    jobs: Gauge,
}

fn main() {
    Jobs::global().jobs_total.inc();
    Jobs::global().jobs.set(1.0);
}
