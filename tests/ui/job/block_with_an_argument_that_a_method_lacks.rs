use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(attempt = attempt)]
impl Resizer {
    fn resize(&self, width: u32, attempt: u32) -> u32 {
        let _attempt = attempt;
        width / 2
    }

    fn crop(&self, width: u32) -> u32 {
        width / 3
    }
}

fn main() {
    Resizer.resize(2, 1);
    Resizer.crop(2);
}
