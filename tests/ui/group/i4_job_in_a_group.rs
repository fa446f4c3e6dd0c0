use osapi_metrics::{Counter, MetricSet, instrumented_job, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[instrumented_job(metrics = PoolMetrics, labels = JobLabels { job_name: "resize".into() })]
fn resize() {}

fn main() {}
