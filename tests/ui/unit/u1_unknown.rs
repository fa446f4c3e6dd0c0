use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Barn {
    /// Hay left.
    #[metric(unit = "bushel")]
    hay: Gauge,
}

fn main() {
    Barn::global().hay.set(1.0);
}
