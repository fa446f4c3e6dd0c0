use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(buckets = [1, 1])]
impl Resizer {
    fn resize(&self) {}

    #[instrumented_job(buckets = [1, 2])]
    fn crop(&self) {}
}

fn main() {
    Resizer.resize();
    Resizer.crop();
}
