use osapi_metrics::instrumented_job;

#[instrumented_job(cancelled_if = |_| 1)]
async fn resize(width: u32) -> Result<u32, std::io::Error> {
    Ok(width / 2)
}

fn main() {
    drop(resize(2));
}
