use osapi_metrics::instrumented_job;

#[instrumented_job]
fn resize() -> std::future::Ready<u32> {
    std::future::ready(1)
}

fn main() {}
