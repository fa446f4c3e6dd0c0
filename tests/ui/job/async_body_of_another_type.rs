use osapi_metrics::instrumented_job;

#[instrumented_job]
async fn resize(width: u32) -> Result<u32, std::io::Error> {
    let half = width / 2;
    half
}

fn main() {
    drop(resize(2));
}
