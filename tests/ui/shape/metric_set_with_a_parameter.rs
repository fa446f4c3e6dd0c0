use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs<L: 'static> {
    /// Jobs created.
    jobs_created_total: Counter<L>,
}

fn main() {}
