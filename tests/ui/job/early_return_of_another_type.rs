use osapi_metrics::instrumented_job;

#[instrumented_job]
fn resize(width: u32) -> u32 {
    if width == 0 {
        return "nothing";
    }
    width / 2
}

fn main() {
    resize(2);
}
