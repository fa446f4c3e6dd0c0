use osapi_metrics::{Gauge, MetricSet};

const RUNBOOK: &str = "runbooks/work.md";

#[derive(MetricSet)]
#[metric_set(runbook = RUNBOOK)]
struct Work {
    /// Items waiting.
    items_waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}
