use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job]
#[osapi_metrics::instrumented_job(prefix = "image")]
impl Resizer {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

fn main() {
    Resizer.resize(2);
}
