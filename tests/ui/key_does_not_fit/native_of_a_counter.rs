use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(native)]
    jobs_created_total: Counter,
}

fn main() {
    Jobs::global().jobs_created_total.inc();
}
