use std::{future::Future, pin::Pin};

use osapi_metrics::instrumented_job;

#[instrumented_job]
fn pair() -> (u32, Pin<Box<dyn Future<Output = ()>>>) {
    (1, Box::pin(async {}))
}

#[instrumented_job]
fn result() -> Result<impl Future<Output = ()>, String> {
    Ok(async {})
}

#[instrumented_job]
fn numbers() -> impl Iterator<Item = u32> {
    0..3
}

#[instrumented_job]
fn closure() -> impl AsyncFnOnce() -> u32 {
    async || 3
}

#[instrumented_job]
async fn twice() -> impl Future<Output = ()> {
    async {}
}

fn main() {}
