//! The wait, the output size and the age of a job.

use std::{
    future::{Future, pending},
    task::{Context, Waker},
    time::{Duration, Instant, SystemTime},
};

use osapi_metrics::{JobMetrics, instrumented_job};
use osapi_metrics_tests::reading::Histogram;

use super::{Ends, ends};
use crate::read;

fn histogram(name: &str, job_name: &str) -> Option<Histogram> {
    read().histogram(name, &[("job_name", job_name)])
}

struct Job {
    created_at: SystemTime,
    payload: String,
}

#[instrumented_job(
    name = "measured.wait",
    queued_at = job.created_at,
    output_size = |output: &String| output.len(),
)]
fn consume(job: Job) -> Result<String, String> {
    // The expression of `queued_at` has only borrowed the argument.
    if job.payload.is_empty() { Err("empty".to_owned()) } else { Ok(job.payload) }
}

#[test]
fn the_wait_ends_when_the_job_starts() {
    let hour = Duration::from_secs(3600);
    let now = SystemTime::now();
    let job = |created_at, payload: &str| Job { created_at, payload: payload.to_owned() };
    consume(job(now - hour, "four")).unwrap();
    // A time in the future is a wait of zero, and a time before 1970 is ignored.
    consume(job(now + hour, "")).unwrap_err();
    consume(job(SystemTime::UNIX_EPOCH - hour, "sixsix")).unwrap();

    assert_eq!(ends("measured.wait"), Ends { completed: 2, failed: 1, ..Ends::default() });
    let wait = histogram("osapi_job_queue_wait_seconds", "measured.wait").unwrap();
    assert_eq!(wait.count, 2);
    assert!(wait.sum >= 3600.0 && wait.sum < 4200.0, "{wait:?}");
}

#[test]
fn an_output_is_measured_if_there_is_one() {
    #[instrumented_job(name = "measured.output", output_size = |output: &Vec<u8>| output.len())]
    fn produce(bytes: Option<usize>) -> Result<Vec<u8>, String> {
        Ok(vec![0; bytes.ok_or("nothing")?])
    }
    #[instrumented_job(name = "measured.plain_output", output_size = |output: &u64| *output)]
    async fn produce_plainly(bytes: u64) -> u64 {
        bytes
    }
    for bytes in [Some(300), None, Some(0)] {
        let _ = produce(bytes);
    }
    let output = histogram("osapi_job_output_size_bytes", "measured.output").unwrap();
    assert_eq!((output.count, output.sum), (2, 300.0));

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(produce_plainly(1 << 40));
    let output = histogram("osapi_job_output_size_bytes", "measured.plain_output").unwrap();
    assert_eq!((output.count, output.sum), (1, 1_099_511_627_776.0));
    assert_eq!(output.buckets.last(), Some(&1), "beyond the largest boundary");
}

#[test]
fn a_moment_without_a_clock_is_a_time_too() {
    #[instrumented_job(name = "measured.instant", queued_at = queued)]
    fn instant(queued: Option<Instant>) -> bool {
        queued.is_some()
    }
    assert!(instant(Some(Instant::now())));
    assert!(!instant(None));
    let wait = histogram("osapi_job_queue_wait_seconds", "measured.instant").unwrap();
    assert_eq!(wait.count, 1);
}

#[test]
fn the_duration_is_the_time_of_the_body() {
    #[instrumented_job(name = "measured.duration")]
    fn spin(until: Duration) -> Duration {
        let started = Instant::now();
        while started.elapsed() < until {
            std::hint::spin_loop();
        }
        started.elapsed()
    }
    let inside = spin(Duration::from_millis(3)).as_secs_f64();
    let labels = [("job_name", "measured.duration"), ("status", "completed")];
    let duration = read().histogram("osapi_job_duration_seconds", &labels).unwrap();
    assert!(duration.sum >= inside, "{duration:?}, inside {inside}");
}

#[instrumented_job(name = "measured.nested")]
fn oldest_of(depth: u32) -> Vec<f64> {
    if depth > 0 {
        return oldest_of(depth - 1);
    }
    let oldest = || {
        let labels = [("job_name", "measured.nested")];
        read().number("osapi_job_oldest_active_seconds", &labels).unwrap()
    };
    vec![oldest(), oldest()]
}

#[test]
fn the_oldest_active_job_grows_older_and_goes() {
    let started = Instant::now();
    let ages = oldest_of(2);
    assert!(0.0 < ages[0] && ages[0] < ages[1], "{ages:?}");
    assert!(ages[1] <= started.elapsed().as_secs_f64(), "{ages:?}");
    let labels = [("job_name", "measured.nested")];
    assert_eq!(read().number("osapi_job_oldest_active_seconds", &labels), None);
}

#[instrumented_job(name = "measured.oldest")]
async fn never_ends() {
    pending::<()>().await;
}

#[test]
fn of_several_active_jobs_the_oldest_counts() {
    let age = || {
        let labels = [("job_name", "measured.oldest")];
        read().number("osapi_job_oldest_active_seconds", &labels).unwrap()
    };
    let start = || {
        let mut job = Box::pin(never_ends());
        let mut context = Context::from_waker(Waker::noop());
        assert!(job.as_mut().poll(&mut context).is_pending());
        job
    };
    // The second job must be younger by more than the time of a collection, however slow the
    // machine is.
    let collections_apart = [4, 40, 400];
    let younger_is_left = collections_apart.into_iter().any(|collections| {
        let first = start();
        (0..collections).for_each(|_| drop(read()));
        let _second = start();
        let of_both = age();
        drop(first);
        age() < of_both
    });
    assert!(younger_is_left);
}

#[test]
fn submissions_are_counted_where_they_happen() {
    let created = JobMetrics::global().created("measured.submitted");
    created.inc();
    created.add(2);
    JobMetrics::global().created(&String::from("measured.submitted")).inc();
    let labels = [("job_name", "measured.submitted")];
    assert_eq!(read().number("osapi_jobs_created_total", &labels), Some(4.0));
    assert_eq!(read().number("osapi_jobs_started_total", &labels), None, "nobody handles it");
}
