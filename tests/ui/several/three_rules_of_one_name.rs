use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(name = "jobs_counter")]
    created: Counter,
}

fn main() {
    Jobs::global().created.inc();
}
