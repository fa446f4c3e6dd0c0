//! Functions that return in different ways, or panic.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use osapi_metrics::instrumented_job;

use super::{Ends, active, ends};

#[derive(Clone, Copy)]
enum Way {
    Return,
    EarlyReturn,
    Err,
    QuestionMark,
    Panic,
}

const WAYS: [Way; 5] = [Way::Return, Way::EarlyReturn, Way::Err, Way::QuestionMark, Way::Panic];

const EXPECTED: Ends = Ends { completed: 2, failed: 2, timed_out: 0, cancelled: 0, panicked: 1 };

#[instrumented_job(name = "returned.sync")]
fn leave(way: Way, steps: &mut Vec<&'static str>) -> Result<i32, std::num::ParseIntError> {
    steps.push("entered");
    match way {
        Way::Return => {}
        Way::EarlyReturn => return Ok(1),
        Way::Err => return "x".parse(),
        Way::QuestionMark => {
            let _: i32 = "y".parse()?;
        }
        Way::Panic => panic!("as asked"),
    }
    steps.push("ended");
    Ok(2)
}

#[instrumented_job(name = "returned.async")]
async fn leave_async(way: Way) -> Result<i32, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    match way {
        Way::Return => {}
        Way::EarlyReturn => return Ok(1),
        Way::Err => return "x".parse(),
        Way::QuestionMark => {
            let _: i32 = "y".parse()?;
        }
        Way::Panic => panic!("as asked"),
    }
    tokio::task::yield_now().await;
    Ok(2)
}

#[test]
fn a_function_ends_once_and_returns_what_it_returned() {
    let mut steps = Vec::new();
    assert_eq!(leave(Way::Return, &mut steps), Ok(2));
    assert_eq!(steps, ["entered", "ended"]);
    for way in &WAYS[1..] {
        let left = catch_unwind(AssertUnwindSafe(|| leave(*way, &mut steps)));
        match (way, left) {
            (Way::EarlyReturn, Ok(Ok(1))) | (Way::Err | Way::QuestionMark, Ok(Err(_))) => {}
            (Way::Panic, Err(panic)) => assert_eq!(panic.downcast_ref(), Some(&"as asked")),
            (_, left) => panic!("{left:?}"),
        }
    }
    assert_eq!(ends("returned.sync"), EXPECTED);
}

#[tokio::test]
async fn a_task_ends_once_and_returns_what_it_returned() {
    for way in WAYS {
        match (way, tokio::spawn(leave_async(way)).await) {
            (Way::Return, Ok(Ok(2)))
            | (Way::EarlyReturn, Ok(Ok(1)))
            | (Way::Err | Way::QuestionMark, Ok(Err(_))) => {}
            (Way::Panic, Err(panic)) => {
                assert_eq!(panic.into_panic().downcast_ref(), Some(&"as asked"));
            }
            (_, left) => panic!("{left:?}"),
        }
    }
    assert_eq!(ends("returned.async"), EXPECTED);
}

#[instrumented_job(name = "returned.thread")]
fn panic_in_a_thread() {
    panic!("in a thread");
}

#[test]
fn a_thread_that_panics_ends_its_job() {
    let panic = thread::spawn(panic_in_a_thread).join().unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"in a thread"));
    assert_eq!(ends("returned.thread"), Ends { panicked: 1, ..Ends::default() });
}

#[instrumented_job(name = "returned.caught")]
async fn panic_after(yields: u32) {
    for _ in 0..yields {
        tokio::task::yield_now().await;
    }
    panic!("after {yields}");
}

#[tokio::test]
async fn a_panic_counts_also_while_the_future_is_kept() {
    let mut job = Box::pin(panic_after(1));
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let mut poll = || catch_unwind(AssertUnwindSafe(|| job.as_mut().poll(&mut context)));
    assert!(poll().unwrap().is_pending());
    poll().unwrap_err();
    drop(job);
    assert_eq!(ends("returned.caught"), Ends { panicked: 1, ..Ends::default() });
}

#[instrumented_job(name = "returned.recursive")]
fn countdown(from: u32) -> Option<f64> {
    if from == 0 {
        return active("returned.recursive");
    }
    countdown(from - 1)
}

#[test]
fn every_call_of_a_recursive_function_is_a_job() {
    assert_eq!(countdown(4), Some(5.0));
    assert_eq!(ends("returned.recursive"), Ends { completed: 5, ..Ends::default() });
}

#[instrumented_job(name = "returned.outer")]
fn outer() -> Result<(), String> {
    for fails in [true, false] {
        // The outer job goes on, whatever the ends of the inner jobs.
        let _ = inner(fails);
    }
    catch_unwind(inner_panics).unwrap_err();
    inner(true)
}

#[instrumented_job(name = "returned.inner")]
fn inner(fails: bool) -> Result<(), String> {
    if fails { Err("inner".to_owned()) } else { Ok(()) }
}

#[instrumented_job(name = "returned.inner_panics")]
fn inner_panics() {
    panic!("inner");
}

#[test]
fn jobs_inside_jobs_are_counted_apart() {
    assert_eq!(outer(), Err("inner".to_owned()));
    assert_eq!(ends("returned.outer"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(ends("returned.inner"), Ends { completed: 1, failed: 2, ..Ends::default() });
    assert_eq!(ends("returned.inner_panics"), Ends { panicked: 1, ..Ends::default() });
}
