use osapi_metrics::instrumented_job;

struct ResizeJob {
    created_at: String,
}

#[instrumented_job(queued_at = job.created_at)]
async fn resize(job: ResizeJob) {
    drop(job);
}

fn main() {
    drop(resize(ResizeJob { created_at: String::new() }));
}
