use std::{future::Future, pin::Pin};

use osapi_metrics::instrumented_job;

trait Resize {
    fn resize(&self) -> Pin<Box<dyn Future<Output = u32> + Send + '_>>;
}

impl Resize for u32 {
    // What `#[async_trait]` makes of an `async fn`.
    #[instrumented_job]
    fn resize(&self) -> Pin<Box<dyn Future<Output = u32> + Send + '_>> {
        Box::pin(async move { *self / 2 })
    }
}

fn main() {
    drop(2.resize());
}
