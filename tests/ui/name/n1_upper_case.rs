use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(name = "osapi_Jobs-created_total")]
    created: Counter,
}

fn main() {
    Jobs::global().created.inc();
}
