use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "http")]
struct Requests {
    /// Time to answer a request.
    #[metric(name = "http.server.request.duration", unit = "s")]
    duration: Histogram,
}

fn main() {
    Requests::global().duration.record(1.0);
}
