use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    #[metric(name = "osapi.jobs.created.total")]
    dotted: Counter,
    /// Jobs created, once more.
    #[metric(name = "osapi_jobs_created_total")]
    underscored: Counter,
}

fn main() {
    Jobs::global().dotted.inc();
}
