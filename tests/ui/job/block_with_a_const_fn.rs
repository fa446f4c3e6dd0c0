use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job]
impl Resizer {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }

    const fn width() -> u32 {
        2
    }
}

fn main() {
    Resizer.resize(Resizer::width());
}
