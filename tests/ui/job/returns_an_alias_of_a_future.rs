use std::{future::Future, pin::Pin};

use osapi_metrics::instrumented_job;

type Resizing = Pin<Box<dyn Future<Output = u32>>>;

#[instrumented_job]
fn resize() -> Resizing {
    Box::pin(async { 1 })
}

fn main() {}
