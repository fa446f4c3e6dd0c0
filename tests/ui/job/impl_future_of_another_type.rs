use std::future::Future;

use osapi_metrics::instrumented_job;

#[instrumented_job]
fn crop(name: &str) -> impl Future<Output = usize> {
    let length = name.len();
    async move { Some(length) }
}

fn main() {}
