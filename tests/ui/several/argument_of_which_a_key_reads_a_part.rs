use osapi_metrics::instrumented_job;

struct Job {
    attempt: u32,
    payload: Vec<u8>,
}

#[instrumented_job(attempt = attempt)]
fn run(Job { attempt, .. }: Job) {
    let _attempt = attempt;
}

#[instrumented_job(attempt = attempt)]
fn run_pair((attempt, _): (u32, Vec<u8>)) {
    let _attempt = attempt;
}

fn main() {}
