use osapi_metrics::{Gauge, MetricSet};

const FILL: &str = "osapi_fill_ratio";

#[derive(MetricSet)]
struct Spool {
    /// Fill level of the spool.
    #[metric(name = FILL, unit = "1", warning(above = 80))]
    fill: Gauge,
}

fn main() {
    let _ = Spool::global();
}
