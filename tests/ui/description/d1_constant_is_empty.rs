use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Work {
    #[metric(description = concat!("", " "))]
    items_waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}
