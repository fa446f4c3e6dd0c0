use std::time::{Duration, SystemTime};

use osapi_metrics::{ErrorType, JobMetrics, instrumented_job};

use super::{Work, assert_boundaries, cancel, panic, run, samples, shown};

#[derive(Debug, ErrorType)]
enum OperationError {
    NotFound,
    #[error_type(timeout)]
    Deadline,
}

#[instrumented_job(
    name = "file.sha256",
    queued_at = queued_at,
    output_size = |digest: &String| digest.len(),
)]
async fn sha256(
    queued_at: SystemTime,
    work: Work<String, OperationError>,
) -> Result<String, OperationError> {
    work.perform().await
}

/// A handler that is not asynchronous.
#[instrumented_job]
fn hostname(known: Option<&str>) -> Result<String, OperationError> {
    known.map(str::to_owned).ok_or(OperationError::NotFound)
}

#[test]
fn jobs_are_shown_as_they_were() {
    let a_while_ago = SystemTime::now() - Duration::from_secs(150);
    for job_name in ["file.sha256", "file.sha256", "hostname", "dns.resolve"] {
        JobMetrics::global().created(job_name).inc();
    }
    let digest = "e3b0c442".repeat(8);
    assert_eq!(run(sha256(a_while_ago, Work::Return(digest.clone()))).unwrap(), digest);
    for error in [OperationError::NotFound, OperationError::NotFound, OperationError::Deadline] {
        run(sha256(a_while_ago, Work::Fail(error))).unwrap_err();
    }
    panic(|| run(sha256(a_while_ago, Work::Panic)));
    hostname(Some("node-1")).unwrap();
    hostname(Some("node-1")).unwrap();
    hostname(None).unwrap_err();
    cancel(sha256(a_while_ago, Work::Hang), || {
        let active =
            ["osapi_jobs_active{job_name=file.sha256} 1", "osapi_jobs_active{job_name=hostname} 0"];
        assert_eq!(shown(&["osapi_jobs_active"]), active);
    });

    let families = [
        "osapi_jobs_created_total",
        "osapi_jobs_started_total",
        "osapi_jobs_completed_total",
        "osapi_jobs_active",
        "osapi_job_errors_total",
        "osapi_job_duration_seconds",
        "osapi_job_queue_wait_seconds",
        "osapi_job_output_size_bytes",
    ];
    let expected = [
        "osapi_jobs_created_total{job_name=dns.resolve} 1",
        "osapi_jobs_created_total{job_name=file.sha256} 2",
        "osapi_jobs_created_total{job_name=hostname} 1",
        "osapi_jobs_started_total{job_name=file.sha256} 6",
        "osapi_jobs_started_total{job_name=hostname} 3",
        "osapi_jobs_completed_total{job_name=file.sha256 status=cancelled} 1",
        "osapi_jobs_completed_total{job_name=file.sha256 status=completed} 1",
        "osapi_jobs_completed_total{job_name=file.sha256 status=failed} 2",
        "osapi_jobs_completed_total{job_name=file.sha256 status=panicked} 1",
        "osapi_jobs_completed_total{job_name=file.sha256 status=timed_out} 1",
        "osapi_jobs_completed_total{job_name=hostname status=cancelled} 0",
        "osapi_jobs_completed_total{job_name=hostname status=completed} 2",
        "osapi_jobs_completed_total{job_name=hostname status=failed} 1",
        "osapi_jobs_completed_total{job_name=hostname status=panicked} 0",
        "osapi_jobs_completed_total{job_name=hostname status=timed_out} 0",
        "osapi_jobs_active{job_name=file.sha256} 0",
        "osapi_jobs_active{job_name=hostname} 0",
        "osapi_job_errors_total{error_type=deadline job_name=file.sha256} 1",
        "osapi_job_errors_total{error_type=not_found job_name=file.sha256} 2",
        "osapi_job_errors_total{error_type=not_found job_name=hostname} 1",
        "osapi_job_duration_seconds{job_name=file.sha256 status=cancelled} 1 samples",
        "osapi_job_duration_seconds{job_name=file.sha256 status=completed} 1 samples",
        "osapi_job_duration_seconds{job_name=file.sha256 status=failed} 2 samples",
        "osapi_job_duration_seconds{job_name=file.sha256 status=panicked} 1 samples",
        "osapi_job_duration_seconds{job_name=file.sha256 status=timed_out} 1 samples",
        "osapi_job_duration_seconds{job_name=hostname status=completed} 2 samples",
        "osapi_job_duration_seconds{job_name=hostname status=failed} 1 samples",
        "osapi_job_queue_wait_seconds{job_name=file.sha256} 6 samples",
        "osapi_job_output_size_bytes{job_name=file.sha256} 1 samples",
    ];
    assert_eq!(shown(&families), expected);

    // The framework's own boundaries: 5 ms to 10 minutes.
    let seconds = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
        600.0,
    ];
    assert_boundaries("osapi_job_duration_seconds", &seconds);
    let waits = samples("osapi_job_queue_wait_seconds", &seconds).0;
    assert_eq!(waits.iter().position(|samples| *samples == 6), Some(14), "{waits:?}");
    let sizes = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30].map(|power| 2_f64.powi(power));
    let (sizes, sum) = samples("osapi_job_output_size_bytes", &sizes);
    assert_eq!((sizes[0], sum), (1, 64.0));
}
