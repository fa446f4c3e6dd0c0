use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "My-App")]
struct Traffic {
    /// Requests.
    requests_total: Counter,
    /// Answers.
    answers_total: Counter,
}

fn main() {
    Traffic::global().requests_total.inc();
    Traffic::global().answers_total.inc();
}
