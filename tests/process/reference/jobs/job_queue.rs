use std::time::{Duration, SystemTime};

use osapi_metrics::{ErrorType, instrumented_job};

use super::{Work, assert_boundaries, cancel, panic, run, samples, shown};
use crate::job_queue::{ApplicationMetrics, JobLabels};

#[derive(Debug, ErrorType)]
enum RenderError {
    #[error_type(timeout, rename = "timeout")]
    TooSlow,
    #[error_type(rename = "memory")]
    OutOfMemory,
    Network,
    #[error_type(rename = "connection")]
    Refused,
    /// An error without a class of its own in the label.
    BadInput,
}

impl RenderError {
    /// The name of the exception.
    fn name(&self) -> &'static str {
        match self {
            Self::TooSlow => "TimeoutError",
            Self::OutOfMemory => "RangeError",
            Self::Network => "FetchError",
            Self::Refused => "ECONNREFUSED",
            Self::BadInput => "ValidationError",
        }
    }
}

struct Job {
    priority: &'static str,
    worker_id: &'static str,
    queued_at: Option<SystemTime>,
    work: Work<Vec<u8>, RenderError>,
}

impl Job {
    fn labels(&self) -> JobLabels {
        JobLabels {
            service: "render".to_owned(),
            priority: self.priority.to_owned(),
            worker_id: self.worker_id.to_owned(),
        }
    }
}

#[instrumented_job(
    metrics = ApplicationMetrics,
    labels = job.labels(),
    queued_at = job.queued_at,
    output_size = |output: &Vec<u8>| output.len(),
    error_name = |error: &RenderError| error.name(),
)]
async fn render(job: Job) -> Result<Vec<u8>, RenderError> {
    job.work.perform().await
}

/// A handler without names of errors.
#[instrumented_job(metrics = ApplicationMetrics, labels = job.labels())]
async fn preview(job: Job) -> Result<Vec<u8>, RenderError> {
    job.work.perform().await
}

#[test]
fn jobs_are_shown_as_they_were() {
    let now = SystemTime::now();
    let high = |queued_at, work| Job { priority: "high", worker_id: "w-1", queued_at, work };
    let low = |work| Job { priority: "low", worker_id: "w-2", queued_at: None, work };
    let ninety_seconds_ago = Some(now - Duration::from_secs(90));
    run(render(high(ninety_seconds_ago, Work::Return(vec![0; 2000])))).unwrap();
    // A clock of another machine may be ahead.
    let in_an_hour = Some(now + Duration::from_secs(3600));
    run(render(high(in_an_hour, Work::Return(vec![0; 100])))).unwrap();
    for error in
        [RenderError::TooSlow, RenderError::OutOfMemory, RenderError::Network, RenderError::Refused]
    {
        run(render(high(None, Work::Fail(error)))).unwrap_err();
    }
    run(render(low(Work::Fail(RenderError::BadInput)))).unwrap_err();
    run(preview(low(Work::Fail(RenderError::BadInput)))).unwrap_err();
    run(preview(low(Work::Return(Vec::new())))).unwrap();
    panic(|| run(render(low(Work::Panic))));
    cancel(render(low(Work::Hang)), || {
        let active = [
            "jobs_active{priority=high service=render worker_id=w-1} 0",
            "jobs_active{priority=low service=render worker_id=w-2} 1",
        ];
        assert_eq!(shown(&["jobs_active"]), active);
    });

    let families = [
        "jobs_processed_total",
        "jobs_active",
        "errors_total",
        "job_duration_seconds",
        "job_output_size_bytes",
        "job_queue_wait_seconds",
    ];
    let expected = [
        "jobs_processed_total{priority=high service=render status=completed worker_id=w-1} 2",
        "jobs_processed_total{priority=high service=render status=failed worker_id=w-1} 4",
        "jobs_processed_total{priority=high service=render status=started worker_id=w-1} 6",
        "jobs_processed_total{priority=low service=render status=completed worker_id=w-2} 1",
        "jobs_processed_total{priority=low service=render status=failed worker_id=w-2} 4",
        "jobs_processed_total{priority=low service=render status=started worker_id=w-2} 5",
        "jobs_active{priority=high service=render worker_id=w-1} 0",
        "jobs_active{priority=low service=render worker_id=w-2} 0",
        "errors_total{error_name=ECONNREFUSED error_type=connection priority=high service=render worker_id=w-1} 1",
        "errors_total{error_name=FetchError error_type=network priority=high service=render worker_id=w-1} 1",
        "errors_total{error_name=RangeError error_type=memory priority=high service=render worker_id=w-1} 1",
        "errors_total{error_name=TimeoutError error_type=timeout priority=high service=render worker_id=w-1} 1",
        "errors_total{error_name=ValidationError error_type=unknown priority=low service=render worker_id=w-2} 1",
        "errors_total{error_name=unknown error_type=unknown priority=low service=render worker_id=w-2} 1",
        "job_duration_seconds{priority=high service=render status=completed worker_id=w-1} 2 samples",
        "job_duration_seconds{priority=high service=render status=failed worker_id=w-1} 4 samples",
        "job_duration_seconds{priority=low service=render status=completed worker_id=w-2} 1 samples",
        "job_duration_seconds{priority=low service=render status=failed worker_id=w-2} 4 samples",
        "job_output_size_bytes{priority=high service=render worker_id=w-1} 2 samples",
        "job_queue_wait_seconds{} 2 samples",
    ];
    assert_eq!(shown(&families), expected);
    let seconds = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0];
    assert_boundaries("job_duration_seconds", &seconds);
    let waits = [1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0];
    assert_eq!(samples("job_queue_wait_seconds", &waits).0, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    let sizes = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30].map(|power: i32| 2_f64.powi(power));
    let (sorted, sum) = samples("job_output_size_bytes", &sizes);
    assert_eq!((&sorted[..4], sum), (&[1, 0, 1, 0][..], 2100.0));
}
