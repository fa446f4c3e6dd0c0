use osapi_metrics::{Counter, LabelSet, MetricSet, instrumented_job};

const NUMBER: usize = 3;

#[derive(Clone, LabelSet)]
struct Labels {
    #[label(key = NUMBER)]
    urgent: bool,
}

#[derive(MetricSet)]
#[metric_set(runbook = NUMBER)]
struct Work {
    /// Items seen.
    #[metric(name = NUMBER)]
    seen: Counter<Labels>,
    #[metric(description = NUMBER)]
    items_lost_total: Counter,
}

#[instrumented_job(name = NUMBER)]
fn work() {}

fn main() {
    let _ = Work::global();
    work();
}
