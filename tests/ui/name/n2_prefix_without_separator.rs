use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "tasker")]
struct Tasks {
    /// Tasks requested.
    #[metric(name = "taskertasks.requests.total")]
    requests: Counter,
}

fn main() {
    Tasks::global().requests.inc();
}
