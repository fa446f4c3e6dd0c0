use osapi_metrics::instrumented_job;

#[instrumented_job]
trait Resize {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

struct Halve;

impl Resize for Halve {}

fn main() {
    Halve.resize(2);
}
