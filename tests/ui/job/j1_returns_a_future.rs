use std::future::Future;

use osapi_metrics::instrumented_job;

#[instrumented_job]
fn resize(width: u32) -> impl Future<Output = u32> {
    async move { width / 2 }
}

fn main() {
    drop(resize(2));
}
