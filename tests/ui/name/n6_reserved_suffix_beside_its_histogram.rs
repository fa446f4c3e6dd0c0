use osapi_metrics::{Gauge, Histogram, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Sizes of jobs.
    #[metric(unit = "{page}", buckets = [1, 10])]
    job_pages: Histogram,
    /// Pages of all jobs.
    job_pages_sum: Gauge,
}

fn main() {}
