use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(name = "osapi_jobs_created")]
    created: Counter,
}

fn main() {
    Jobs::global().created.inc();
}
