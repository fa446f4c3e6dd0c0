use osapi_metrics::{Counter, Gauge, Histogram, MetricSet, UpDownCounter};

#[derive(MetricSet)]
#[metric_set(prefx = "osapi")]
struct Jobs {
    /// Jobs created.
    #[metric(name = "jobs_created", unit = "jobs")]
    created: Counter,
    #[metric(unit = "1")]
    jobs_waiting: Gauge,
    /// Time from the start of a job to its end.
    #[metric(name = "osapi_job_duration", unit = "s", buckets = [1, 0.5])]
    duration: Histogram,
    /// Jobs now running.
    #[metric(bucket = [1, 2])]
    jobs_active: UpDownCounter,
    /// Jobs seen.
    jobs_seen: Vec<u64>,
}

fn main() {
    let jobs = Jobs::global();
    jobs.created.inc();
    jobs.jobs_waiting.set(1.0);
    jobs.duration.record(0.5);
    let _active = jobs.jobs_active.guard();
}
