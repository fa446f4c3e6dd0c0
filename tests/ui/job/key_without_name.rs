use osapi_metrics::instrumented_job;

#[instrumented_job(slo("5s", target = 0.99))]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    let _width = resize(2);
}
