use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter,
    /// Jobs seen.
    jobs_seen: std::vec::Vec<u64>,
}

fn main() {
    Jobs::global().jobs_created_total.inc();
}
