use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Traffic {
    /// Requests.
    #[metric(unit = , name = "osapi_requests_total")]
    requests_total: Counter,
}

fn main() {
    Traffic::global().requests_total.inc();
}
