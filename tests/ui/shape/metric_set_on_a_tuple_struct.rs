use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs(Counter);

fn main() {
    Jobs::global();
}
