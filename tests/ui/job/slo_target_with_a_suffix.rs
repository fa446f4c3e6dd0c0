use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s", target = 0.9x))]
fn resize() {}

fn main() {
    resize();
}
