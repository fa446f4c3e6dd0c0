use osapi_metrics::instrumented_job;

struct Resizer;

#[instrumented_job]
impl Resizer {
    const WIDTH: u32 = 2;
}

fn main() {
    let _width = Resizer::WIDTH;
}
