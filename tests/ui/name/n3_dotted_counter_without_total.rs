use osapi_metrics::{MetricSet, ObservableCounter};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(name = "osapi.jobs.created", unit = "{job}")]
    created: ObservableCounter,
}

fn main() {
    let _observation = Jobs::global().created.observe(|| 1);
}
