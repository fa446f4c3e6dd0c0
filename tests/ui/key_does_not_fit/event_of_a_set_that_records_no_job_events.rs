use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter,
}

fn main() {
    Steps::global().steps_executed_total.inc();
}
