use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "soon", target = 99))]
fn resize() {}

#[instrumented_job(slo = 0.99)]
fn crop() {}

#[instrumented_job(slo(latency = "5s"))]
fn rotate() {}

#[instrumented_job(slo(latency = "5s", taget = 0.9))]
fn mirror() {}

fn main() {}
