use osapi_metrics::instrumented_job;

struct Halve;

#[instrumented_job]
impl Halve {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

fn main() {
    Halve.resize(2);
}
