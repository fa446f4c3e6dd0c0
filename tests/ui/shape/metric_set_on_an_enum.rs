use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
enum Jobs {
    Created(Counter),
}

fn main() {
    Jobs::global();
}
