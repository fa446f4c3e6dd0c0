use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct TruckMetrics {
    /// Way that the trucks made.
    #[metric(name = "osapi_driven_kilometers_total")]
    driven: Counter,
}

fn main() {
    TruckMetrics::global().driven.inc();
}
