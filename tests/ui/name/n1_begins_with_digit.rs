use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "")]
struct Cats {
    /// Lives left.
    #[metric(name = "9_lives")]
    lives: Gauge,
}

fn main() {
    Cats::global().lives.set(9.0);
}
