use osapi_metrics::{Counter, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct Labels {
    #[label(key = KEY)]
    urgent: bool,
}

#[derive(MetricSet)]
#[metric_set(runbook = RUNBOOK)]
struct Work {
    /// Items seen.
    #[metric(name = NAME)]
    seen: Counter<Labels>,
    #[metric(description = TEXT)]
    items_lost_total: Counter,
}

#[instrumented_job(name = JOB)]
fn work() {}

fn main() {
    let _ = Work::global();
    work();
}
