use osapi_metrics::instrumented_job;

#[instrumented_job]
struct Resize {
    width: u32,
}

fn main() {
    let _width = Resize { width: 2 }.width;
}
