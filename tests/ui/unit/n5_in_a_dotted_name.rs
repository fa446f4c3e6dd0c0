use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = "tasker")]
struct Steps {
    /// Step execution time.
    #[metric(name = "tasker.step.execution.duration", unit = "ms", buckets = [10, 100])]
    duration: Histogram,
}

fn main() {
    Steps::global().duration.record(1.0);
}
