use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "My-App";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Requests.
    requests_total: Counter,
    /// Answers.
    answers_total: Counter,
}

fn main() {
    let _ = Work::global();
}
