use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Traffic {
    #[doc = concat!("Requests ", "answered.")]
    requests_total: Counter,
}

fn main() {
    Traffic::global().requests_total.inc();
}
