//! Futures that are dropped before they finish.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
};

use osapi_metrics::instrumented_job;
use tokio::sync::Barrier;

use super::{
    Ends, active, ends,
    steps::{poll, wait},
};
use crate::read;

const ONE_CANCELLED: Ends =
    Ends { completed: 0, failed: 0, timed_out: 0, cancelled: 1, panicked: 0 };

/// A job that waits at the barrier, and then never ends by itself.
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
    // One participant more, for the test.
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
    // The future is not polled, and is still there.
    assert_eq!(active("dropped.kept"), Some(1.0));
    assert!(oldest() > Some(0.0));
    drop(job);
    assert_eq!(oldest(), None);
    assert_eq!(ends("dropped.kept"), ONE_CANCELLED);
}

/// Reads, when it is dropped, whether its job still runs.
struct LastLook {
    job_name: &'static str,
    seen: Sender<Option<f64>>,
}

impl Drop for LastLook {
    fn drop(&mut self) {
        self.seen.send(active(self.job_name)).unwrap();
    }
}

#[instrumented_job(name = "dropped.returned")]
fn look(argument: LastLook) -> &'static str {
    let _local = LastLook { job_name: "dropped.returned", seen: argument.seen.clone() };
    argument.job_name
}

#[instrumented_job(name = "dropped.awaited")]
async fn look_later(argument: LastLook) -> &'static str {
    let _local = LastLook { job_name: "dropped.awaited", seen: argument.seen.clone() };
    wait(1).await;
    argument.job_name
}

#[test]
fn a_job_is_active_until_all_that_it_holds_is_gone() {
    let (seen, look_up) = channel();
    look(LastLook { job_name: "dropped.returned", seen: seen.clone() });
    for polls in [1, 2] {
        let job_name = "dropped.awaited";
        let mut job = Box::pin(look_later(LastLook { job_name, seen: seen.clone() }));
        (0..polls).for_each(|_| assert!(poll(job.as_mut()).is_pending() || polls == 2));
    }
    drop(seen);
    assert_eq!(look_up.iter().collect::<Vec<_>>(), [Some(1.0); 6]);
    assert_eq!(ends("dropped.returned"), Ends { completed: 1, ..Ends::default() });
    assert_eq!(ends("dropped.awaited"), Ends { completed: 1, cancelled: 1, ..Ends::default() });
}
