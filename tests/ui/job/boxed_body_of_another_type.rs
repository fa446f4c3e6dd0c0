use std::{future::Future, pin::Pin};

use osapi_metrics::instrumented_job;

#[instrumented_job]
fn resize<'a>(name: &'a str) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + 'a>> {
    Box::pin(async move {
        let found: Result<&str, String> = Ok(name);
        found
    })
}

fn main() {}
