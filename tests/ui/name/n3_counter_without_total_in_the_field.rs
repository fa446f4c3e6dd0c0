use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created: Counter,
}

fn main() {
    Jobs::global().jobs_created.inc();
}
