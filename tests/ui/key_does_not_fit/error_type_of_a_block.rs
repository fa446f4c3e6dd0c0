use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job(error_type = |_: &std::io::Error| "io")]
impl Resizer {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }

    fn crop(&self, width: u32) -> u32 {
        width / 3
    }
}

fn main() {
    Resizer.resize(2);
    Resizer.crop(2);
}
