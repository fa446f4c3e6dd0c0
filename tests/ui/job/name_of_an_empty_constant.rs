use osapi_metrics::instrumented_job;

const NAME: &str = "";

#[instrumented_job(name = NAME)]
fn work() {}

fn main() {
    work();
}
