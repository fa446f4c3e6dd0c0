//! A job is captured as a whole, whatever its handler has cached.

use std::{sync::mpsc, thread};

use osapi_metrics::{
    JobMetrics, instrumented_job,
    testing::{Captured, capture, capture_thread},
};

use crate::read;

#[instrumented_job(name = "captured.double", output_size = |output: &u64| *output)]
fn double(number: u64) -> u64 {
    number * 2
}

const NAME: (&str, &str) = ("job_name", "captured.double");

#[test]
fn a_handler_is_captured_before_and_after_it_was_exported() {
    let job = |number| capture(|| assert_eq!(double(number), number * 2));
    let started = |captured: &Captured| captured.counter("osapi_jobs_started_total", &[NAME]);
    let before = job(1);
    assert_eq!(started(&before), 1);
    let exported = || read().number("osapi_jobs_started_total", &[NAME]);
    assert_eq!(exported(), Some(0.0));
    double(2);
    double(3);
    assert_eq!(exported(), Some(2.0));

    let after = job(4);
    assert_eq!(started(&after), 1);
    assert_eq!(started(&before), 1);
    assert_eq!(exported(), Some(2.0));
    assert_eq!(after.histogram("osapi_job_output_size_bytes", &[NAME]).sum, 8);
    assert!(after.gauge("osapi_job_last_success_timestamp_seconds", &[NAME]).is_some());
    assert_eq!(after.up_down_counter("osapi_jobs_active", &[]), 0);
}

#[test]
fn the_oldest_job_is_the_captures_own() {
    let outer = capture_thread();
    let old = JobMetrics::global().start("captured.oldest");
    let age = |captured: &Captured| captured.gauge("osapi_job_oldest_active_seconds", &[]);
    let inner = Captured::new();
    assert!(age(&inner).is_none());
    let young = inner.run(|| JobMetrics::global().start("captured.oldest"));
    assert!(age(&outer).unwrap() > age(&inner).unwrap());
    // A job ends in the capture in which it began.
    young.complete();
    assert!(age(&inner).is_none() && age(&outer).is_some());
    inner.run(|| old.fail("timeout"));
    assert!(age(&outer).is_none());
    let timed_out = &[("status", "timed_out")];
    assert_eq!(outer.counter("osapi_jobs_completed_total", timed_out), 1);
    assert_eq!(inner.counter("osapi_jobs_completed_total", &[]), 1);
    assert_eq!(outer.counter("osapi_job_errors_total", &[("error_type", "timeout")]), 1);
}

#[test]
fn a_job_ends_where_it_began_on_whatever_thread() {
    let captured = Captured::new();
    let (send, receive) = mpsc::channel();
    captured.run(|| send.send(JobMetrics::global().start("captured.moved")).unwrap());
    thread::spawn(move || receive.recv().unwrap().complete()).join().unwrap();
    let ended = [("job_name", "captured.moved"), ("status", "completed")];
    assert_eq!(captured.counter("osapi_jobs_completed_total", &ended), 1);
    assert_eq!(captured.up_down_counter("osapi_jobs_active", &[]), 0);
    assert_eq!(read().number("osapi_jobs_completed_total", &ended), None);
}

#[test]
fn panics_of_expressions_are_counted_in_the_capture() {
    #[instrumented_job(
        name = "captured.unsized",
        output_size = |(): &()| -> u64 { panic!("as asked") },
    )]
    fn unsized_output() {}

    let captured = capture(unsized_output);
    assert_eq!(captured.counter("osapi_metrics_job_expression_panics_total", &[]), 1);
    assert_eq!(captured.counter("osapi_jobs_completed_total", &[("status", "completed")]), 1);
}
