//! Recursion, jobs inside jobs, and several jobs of one name at once.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::mpsc, task::Poll, thread};

use async_recursion::async_recursion;
use futures_util::{FutureExt, future::join_all};
use osapi_metrics::instrumented_job;
use tokio::sync::mpsc::{Sender, channel};

use super::{
    Ends, active, ends,
    steps::{completes_after, drop_at_every_await, panic_with, poll, wait},
};

#[instrumented_job(name = "nested.countdown")]
async fn countdown(from: u32) -> Option<f64> {
    wait(1).await;
    if from == 0 {
        return active("nested.countdown");
    }
    Box::pin(countdown(from - 1)).await
}

// The attribute expands before the other attribute, and reads an async function.
#[instrumented_job(name = "nested.recursive")]
#[async_recursion]
async fn recursive(from: u32) -> Result<Option<f64>, String> {
    wait(1).await;
    if from == 0 {
        return Ok(active("nested.recursive"));
    }
    recursive(from - 1).await
}

#[instrumented_job(name = "nested.deep")]
async fn fail_at(depth: u32) -> Result<(), String> {
    wait(1).await;
    if depth == 0 {
        return Err("at the bottom".to_owned());
    }
    let result = Box::pin(fail_at(depth - 1)).await;
    if depth == 2 { Ok(()) } else { result }
}

#[tokio::test]
async fn every_call_of_a_recursive_future_is_a_job() {
    assert_eq!(countdown(3).await, Some(4.0));
    assert_eq!(ends("nested.countdown"), Ends { completed: 4, ..Ends::default() });
    assert_eq!(recursive(3).await, Ok(Some(4.0)));
    assert_eq!(ends("nested.recursive"), Ends { completed: 4, ..Ends::default() });
    fail_at(3).await.unwrap();
    assert_eq!(ends("nested.deep"), Ends { completed: 2, failed: 2, ..Ends::default() });
}

#[test]
fn a_recursion_that_is_dropped_is_cancelled_as_deep_as_it_was() {
    let mut future = Box::pin(countdown_and_wait(5));
    for depth in 1..=3 {
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(active("nested.dropped"), Some(f64::from(depth)));
    }
    drop(future);
    assert_eq!(ends("nested.dropped"), Ends { cancelled: 3, ..Ends::default() });
}

#[instrumented_job(name = "nested.dropped")]
async fn countdown_and_wait(from: u32) -> u32 {
    wait(1).await;
    if from == 0 { 0 } else { Box::pin(countdown_and_wait(from - 1)).await }
}

#[instrumented_job(name = "nested.outer")]
async fn outer() -> u32 {
    wait(1).await;
    let mut dropped = Box::pin(inner(1));
    assert!(poll(dropped.as_mut()).is_pending());
    drop(dropped);
    wait(1).await;
    AssertUnwindSafe(inner(0)).catch_unwind().await.unwrap_err();
    inner(2).await
}

#[instrumented_job(name = "nested.inner")]
async fn inner(awaits: usize) -> u32 {
    if awaits == 0 {
        panic_with("inner");
    }
    wait(awaits).await;
    7
}

#[test]
fn an_outer_job_goes_on_whatever_becomes_of_inner_ones() {
    assert_eq!(completes_after(4, "nested.outer", outer), 7);
    // The job is dropped after 2, 3 and 4 polls, and run to its end.
    let expected = Ends { completed: 1, cancelled: 4 + 2, panicked: 3, ..Ends::default() };
    assert_eq!(ends("nested.inner"), expected);
}

#[instrumented_job(name = "nested.host")]
async fn host(guests: usize, running: Sender<()>) -> Vec<usize> {
    let start = |awaits| {
        let running = running.clone();
        tokio::spawn(async move {
            let awaits = guest(awaits).await;
            drop(running);
            awaits
        })
    };
    let tasks: Vec<_> = (1..=guests).map(start).collect();
    drop(running);
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

#[instrumented_job(name = "nested.guest")]
async fn guest(awaits: usize) -> usize {
    wait(awaits).await;
    awaits
}

#[tokio::test]
async fn tasks_that_a_job_has_spawned_outlive_it() {
    let (running, mut all_ended) = channel(1);
    let mut cancelled = Box::pin(host(3, running));
    assert!(poll(cancelled.as_mut()).is_pending());
    drop(cancelled);
    assert_eq!(ends("nested.host"), Ends { cancelled: 1, ..Ends::default() });
    assert_eq!(all_ended.recv().await, None);
    assert_eq!(host(2, channel(1).0).await, [1, 2]);
    assert_eq!(ends("nested.host"), Ends { cancelled: 1, completed: 1, ..Ends::default() });
    assert_eq!(ends("nested.guest"), Ends { completed: 5, ..Ends::default() });
}

#[instrumented_job(name = "nested.concurrent")]
async fn one_of_many(nth: usize) -> Result<usize, usize> {
    wait(nth).await;
    if nth.is_multiple_of(3) { Err(nth) } else { Ok(nth) }
}

#[test]
fn jobs_of_one_name_run_side_by_side() {
    let new = || join_all((1..=6).map(one_of_many));
    let mut all = Box::pin(new());
    for ended in 0..6_u8 {
        assert!(poll(all.as_mut()).is_pending());
        assert_eq!(active("nested.concurrent"), Some(f64::from(6 - ended)));
    }
    let Poll::Ready(results) = poll(all.as_mut()) else { panic!("they are done") };
    assert_eq!(results, [Ok(1), Ok(2), Err(3), Ok(4), Ok(5), Err(6)]);
    assert_eq!(ends("nested.concurrent"), Ends { completed: 4, failed: 2, ..Ends::default() });

    let mut half = Box::pin(new());
    for _ in 0..4 {
        assert!(poll(half.as_mut()).is_pending());
    }
    drop(half);
    let expected = Ends { completed: 4 + 2, failed: 2 + 1, cancelled: 3, ..Ends::default() };
    assert_eq!(ends("nested.concurrent"), expected);
}

#[instrumented_job(name = "nested.joined")]
async fn joined() -> (u32, u32) {
    tokio::join!(branch(1), branch(3))
}

#[instrumented_job(name = "nested.branch")]
async fn branch(awaits: usize) -> u32 {
    wait(awaits).await;
    1
}

#[test]
fn branches_of_a_job_are_jobs_of_their_own() {
    let joined = drop_at_every_await("nested.joined", joined);
    assert_eq!((joined.awaits, joined.end.unwrap()), (3, (1, 1)));
    // One branch had completed when the second and the third future were dropped.
    let expected = Ends { completed: 2 + 2, cancelled: 2 + 2, ..Ends::default() };
    assert_eq!(ends("nested.branch").sum(), expected.sum());
    assert_eq!(ends("nested.branch"), expected);
}

#[instrumented_job(name = "nested.moved")]
async fn move_about(awaits: usize) -> usize {
    wait(awaits).await;
    awaits
}

type Moved = Pin<Box<dyn Future<Output = usize> + Send>>;

#[test]
fn a_job_may_move_to_another_thread_between_polls() {
    let (to_other, other) = mpsc::channel::<Moved>();
    let (to_this, this) = mpsc::channel::<(Moved, Poll<usize>)>();
    let other_thread = thread::spawn(move || {
        while let Ok(mut future) = other.recv() {
            let polled = poll(future.as_mut());
            to_this.send((future, polled)).unwrap();
        }
    });
    for dropped_after in [None, Some(0), Some(1), Some(2)] {
        let mut future: Moved = Box::pin(move_about(5));
        let mut polls = 0;
        loop {
            assert!(poll(future.as_mut()).is_pending(), "the last poll is over there");
            if dropped_after == Some(polls) {
                drop(future);
                break;
            }
            to_other.send(future).unwrap();
            let (back, polled) = this.recv().unwrap();
            future = back;
            polls += 1;
            if let Poll::Ready(awaits) = polled {
                assert_eq!(awaits, 5);
                break;
            }
            assert_eq!(active("nested.moved"), Some(1.0));
        }
    }
    // Polled on this thread, and dropped on a thread that never polled it.
    let mut future: Moved = Box::pin(move_about(5));
    assert!(poll(future.as_mut()).is_pending());
    thread::spawn(move || drop(future)).join().unwrap();
    drop(to_other);
    other_thread.join().unwrap();
    assert_eq!(ends("nested.moved"), Ends { completed: 1, cancelled: 4, ..Ends::default() });
}
