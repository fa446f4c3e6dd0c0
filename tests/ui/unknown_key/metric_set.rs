use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(namespace = "osapi")]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter,
}

fn main() {
    Jobs::global().jobs_created_total.inc();
}
