//! Expressions that describe a job and panic: the job goes on without the description.

use std::time::Duration;

use osapi_metrics::{
    ErrorType, JobMetrics, QueuedAt, instrumented_job,
    jobs::{AttemptNumber, ErrorLabel},
};

use super::{
    Ends,
    callbacks::{panics, take_turn},
    ends,
    steps::{panic_with, poll, wait},
};
use crate::read_lines_with;

struct Age;

impl QueuedAt for Age {
    fn waited(&self) -> Option<Duration> {
        Some(Duration::from_secs(6))
    }
}

/// Implements the traits of a time and of a number, and panics.
#[derive(Clone, Copy)]
struct Odd;

impl QueuedAt for Odd {
    fn waited(&self) -> Option<Duration> {
        panic_with("no time")
    }
}

impl ErrorType for Odd {
    fn error_type(&self) -> &'static str {
        panic_with("no class")
    }
}

impl ErrorLabel for Odd {
    fn into_error_label(self) -> std::borrow::Cow<'static, str> {
        panic_with("no class")
    }
}

impl AttemptNumber for Odd {
    fn number(&self) -> Option<std::num::NonZeroU32> {
        panic_with("no number")
    }
}

fn no_bool() -> bool {
    panic_with("no idea")
}

#[instrumented_job(
    name = "unspoken.all",
    queued_at = Odd,
    scheduled_at = Odd,
    attempt = Odd,
    final_attempt = no_bool(),
)]
async fn tell_nothing() -> Result<u8, u8> {
    wait(1).await;
    Err(7)
}

#[instrumented_job(
    name = "unspoken.some",
    queued_at = Odd,
    scheduled_at = Age,
    attempt = 3,
    final_attempt = no_bool(),
)]
fn tell_some() -> Result<u8, u8> {
    Err(7)
}

#[test]
fn a_panic_loses_only_the_value_of_its_expression() {
    let _turn = take_turn();
    let before = panics();
    assert_eq!(tell_some(), Err(7));
    assert_eq!(panics(), before + 2);
    assert_eq!(ends("unspoken.some"), Ends { failed: 1, ..Ends::default() });
    let name = ("job_name", "unspoken.some");
    let reading = read_lines_with(name.1);
    let wait = reading.histogram("osapi_job_queue_wait_seconds", &[name]).unwrap();
    assert_eq!((wait.count, wait.sum), (1, 6.0));
    let attempts = reading.histogram("osapi_job_attempts", &[name, ("status", "failed")]);
    assert_eq!(attempts.map(|attempts| attempts.sum), Some(3.0));
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), Some(1.0));
    assert_eq!(reading.number("osapi_jobs_dead_lettered_total", &[name]), Some(0.0));
}

#[test]
fn a_job_that_can_tell_nothing_is_a_job() {
    let _turn = take_turn();
    let before = panics();
    let mut future = Box::pin(tell_nothing());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(panics(), before + 4);
    assert!(poll(future.as_mut()).is_ready());
    assert_eq!(panics(), before + 4, "asked once");
    assert_eq!(ends("unspoken.all"), Ends { failed: 1, ..Ends::default() });
    let name = ("job_name", "unspoken.all");
    let reading = read_lines_with(name.1);
    assert_eq!(reading.histogram("osapi_job_queue_wait_seconds", &[name]), None);
    assert_eq!(reading.histogram("osapi_job_attempts", &[name, ("status", "failed")]), None);
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), Some(0.0));
    assert_eq!(reading.number("osapi_jobs_dead_lettered_total", &[name]), Some(0.0));
}

#[test]
fn a_job_that_is_held_by_hand_goes_on_too() {
    let _turn = take_turn();
    let before = panics();
    let job = || JobMetrics::global().start("unspoken.by_hand");
    job().finish(&Err::<(), _>(Odd));
    job().fail(Odd);
    job().queued_at(Odd).attempt(Odd, true).complete();
    assert_eq!(panics(), before + 4);
    let name = ("job_name", "unspoken.by_hand");
    let reading = read_lines_with(name.1);
    let ended = |status| reading.number("osapi_jobs_completed_total", &[name, ("status", status)]);
    assert_eq!((ended("failed"), ended("completed")), (Some(2.0), Some(1.0)));
    let others = [name, ("error_type", "other")];
    assert_eq!(reading.number("osapi_job_errors_total", &others), Some(2.0));
    assert_eq!(reading.histogram("osapi_job_queue_wait_seconds", &[name]), None);
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), None);
}
