use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Time spent waiting.
    wait_ms: Gauge,
}

fn main() {
    let _ = Work::global();
}
