use std::pin::Pin;

use futures_core::Stream;
use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(output_size = |bytes: &Vec<u8>| bytes.len())]
impl Resizer {
    fn pages(&self) -> Pin<Box<dyn Stream<Item = u8>>> {
        unimplemented!()
    }
}

fn main() {
    drop(Resizer.pages());
}
