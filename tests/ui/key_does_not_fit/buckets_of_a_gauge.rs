use osapi_metrics::{MetricSet, ObservableGauge};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs waiting.
    #[metric(buckets = [1, 10])]
    jobs_waiting: ObservableGauge,
}

fn main() {
    let _observation = Jobs::global().jobs_waiting.observe(|| 1.0);
}
