use osapi_metrics::{Gauge, MetricSet};

const WAIT: &str = "osapi_wait_seconds";

#[derive(MetricSet)]
struct Work {
    /// Time spent waiting.
    #[metric(name = WAIT, unit = "By")]
    wait: Gauge,
}

fn main() {
    let _ = Work::global();
}
