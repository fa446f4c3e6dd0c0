use osapi_metrics::{Counter, ErrorType, LabelSet, LabelValue, MetricSet, instrumented_job};

#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = "snake-case")]
enum Status {
    Completed,
    Failed(u32),
}

#[derive(LabelSet)]
struct JobLabels {
    status: Status,
    job: bool,
    queue: String,
}

#[derive(MetricSet)]
struct Jobs {
    /// Jobs ended.
    jobs_ended: Counter<JobLabels>,
}

#[derive(ErrorType)]
enum ResizeError {
    #[error_type(rename = "")]
    Decode,
    #[error_type(transparant)]
    Io(std::io::Error),
}

#[instrumented_job(nmae = "resize")]
fn resize(width: u32) -> Result<u32, ResizeError> {
    if width == 0 { Err(ResizeError::Decode) } else { Ok(width / 2) }
}

fn main() {
    let status = if resize(2).is_ok() { Status::Completed } else { Status::Failed(1) };
    let labels = JobLabels { status, job: true, queue: String::new() };
    Jobs::global().jobs_ended.with(labels).inc();
    let _class = ResizeError::Io(std::io::ErrorKind::Other.into()).error_type();
}
