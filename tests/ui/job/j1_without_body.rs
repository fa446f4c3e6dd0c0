use osapi_metrics::instrumented_job;

trait Resize {
    #[instrumented_job]
    fn resize(&self, width: u32) -> u32;
}

struct Halve;

impl Resize for Halve {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

fn main() {
    Halve.resize(2);
}
