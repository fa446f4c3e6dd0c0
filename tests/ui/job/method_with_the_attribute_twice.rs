use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job]
impl Resizer {
    #[instrumented_job(name = "image.resize")]
    #[instrumented_job(attempt = 1)]
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

fn main() {
    Resizer.resize(2);
}
