use osapi_metrics::instrumented_job;

#[instrumented_job]
async fn resize(width: u32) -> u32 {
    width / 2;
}

fn main() {
    drop(resize(2));
}
