use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Build {
    /// The build that runs.
    build_info: Gauge,
}

fn main() {
    Build::global().build_info.set(1.0);
}
