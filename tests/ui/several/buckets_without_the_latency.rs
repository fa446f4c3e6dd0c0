use osapi_metrics::instrumented_job;

const HOURS: [f64; 2] = [3600.0, 14_400.0];

// A boundary of the histogram, and none of this handler.
#[instrumented_job(buckets = [0.01, 0.1], slo(latency = "5s", target = 0.99))]
fn resize() {}

#[instrumented_job(buckets = HOURS, slo(latency = "5h", target = 0.99))]
fn report() {}

fn main() {
    resize();
    report();
}
