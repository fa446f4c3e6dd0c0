//! Futures that are dropped before they finish.

use std::{
    future::{pending, ready},
    sync::Arc,
};

use osapi_metrics::instrumented_job;
use tokio::sync::Barrier;

use super::{Ends, active, ends};
use crate::read;

const ONE_CANCELLED: Ends =
    Ends { completed: 0, failed: 0, timed_out: 0, cancelled: 1, panicked: 0 };

/// A job that never ends by itself, after it has met the others at the barrier.
macro_rules! hanging_job {
    ($function:ident, $name:tt) => {
        #[instrumented_job(name = $name)]
        async fn $function(started: Arc<Barrier>) -> Result<(), String> {
            started.wait().await;
            pending::<()>().await;
            Ok(())
        }
    };
}

hanging_job!(aborted, "dropped.aborted");
hanging_job!(selected, "dropped.selected");
hanging_job!(before_first_poll, "dropped.before_first_poll");
hanging_job!(kept, "dropped.kept");

fn barrier(jobs: usize) -> Arc<Barrier> {
    // One more, for the test.
    Arc::new(Barrier::new(jobs + 1))
}

#[tokio::test]
async fn an_aborted_task_is_cancelled() {
    let started = barrier(1);
    let task = tokio::spawn(aborted(Arc::clone(&started)));
    started.wait().await;
    assert_eq!(active("dropped.aborted"), Some(1.0));
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(ends("dropped.aborted"), ONE_CANCELLED);
}

#[tokio::test]
async fn the_loser_of_a_select_is_cancelled() {
    let won = tokio::select! {
        biased;
        _ = selected(Arc::new(Barrier::new(1))) => false,
        () = ready(()) => true,
    };
    assert!(won);
    assert_eq!(ends("dropped.selected"), ONE_CANCELLED);
}

#[test]
fn a_future_that_is_never_polled_is_no_job() {
    drop(before_first_poll(barrier(1)));
    assert_eq!(ends("dropped.before_first_poll"), Ends::default());
}

#[tokio::test]
async fn a_job_is_active_as_long_as_its_future_lives() {
    let oldest =
        || read().number("osapi_job_oldest_active_seconds", &[("job_name", "dropped.kept")]);
    let started = barrier(1);
    let mut job = Box::pin(kept(Arc::clone(&started)));
    assert_eq!((active("dropped.kept"), oldest()), (Some(0.0), None));
    tokio::select! {
        biased;
        _ = &mut job => {}
        _ = started.wait() => {}
    }
    // Nobody polls it, and it is still there.
    assert_eq!(active("dropped.kept"), Some(1.0));
    assert!(oldest() > Some(0.0));
    drop(job);
    assert_eq!(oldest(), None);
    assert_eq!(ends("dropped.kept"), ONE_CANCELLED);
}
