//! Ten thousand jobs at once, with every end.

use std::{
    future::pending,
    panic::{catch_unwind, resume_unwind},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use osapi_metrics::{ErrorType, instrumented_job};
use tokio::{task::JoinSet, time::timeout};

use super::{Ends, ends};

const JOBS: u64 = 10_000;

/// The number of bodies that began. A task that is aborted before its first poll is not a job.
static ENTERED: AtomicU64 = AtomicU64::new(0);

#[derive(Debug, ErrorType)]
enum Failure {
    Refused,
    #[error_type(timeout)]
    TooLate,
}

#[derive(Clone, Copy)]
enum Fate {
    Return,
    Fail,
    TimeOut,
    Panic,
    /// The task is aborted.
    Abort,
    /// A timeout around the job drops it.
    Drop,
    /// The runtime shuts down while the job runs.
    Outlive,
    /// The job is called, not spawned, and panics.
    PanicOnTheSpot,
}

impl Fate {
    const ALL: [Self; 8] = [
        Self::Return,
        Self::Fail,
        Self::TimeOut,
        Self::Panic,
        Self::Abort,
        Self::Drop,
        Self::Outlive,
        Self::PanicOnTheSpot,
    ];
}

#[instrumented_job(name = "storm")]
async fn meet(fate: Fate) -> Result<(), Failure> {
    ENTERED.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    match fate {
        Fate::Return => Ok(()),
        Fate::Fail => Err(Failure::Refused),
        Fate::TimeOut => Err(Failure::TooLate),
        // Unwinds like a panic, without a thousand messages.
        Fate::Panic | Fate::PanicOnTheSpot => resume_unwind(Box::new("as asked")),
        Fate::Abort | Fate::Drop | Fate::Outlive => pending().await,
    }
}

#[instrumented_job(name = "storm")]
fn meet_on_the_spot(fate: Fate) {
    ENTERED.fetch_add(1, Ordering::Relaxed);
    if let Fate::PanicOnTheSpot = fate {
        resume_unwind(Box::new("as asked"));
    }
}

#[test]
fn every_start_of_ten_thousand_has_one_end() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        let mut aborted = Vec::new();
        for (_, fate) in (0..JOBS).zip(Fate::ALL.into_iter().cycle()) {
            match fate {
                Fate::Abort => aborted.push(tokio::spawn(meet(fate))),
                Fate::Outlive => drop(tokio::spawn(meet(fate))),
                Fate::Drop => {
                    tasks.spawn(async move {
                        let late = timeout(Duration::from_millis(1), meet(fate)).await;
                        assert!(late.is_err());
                    });
                }
                Fate::PanicOnTheSpot => {
                    catch_unwind(|| meet_on_the_spot(fate)).unwrap_err();
                }
                Fate::Return | Fate::Fail | Fate::TimeOut | Fate::Panic => {
                    tasks.spawn(async move { drop(meet(fate).await) });
                }
            }
            if aborted.len() == 100 {
                aborted.drain(..).for_each(|task| task.abort());
                tokio::task::yield_now().await;
            }
        }
        while tasks.join_next().await.is_some() {}
    });
    drop(runtime);

    let each = JOBS / 8;
    let ends = ends("storm");
    assert_eq!(ends.sum(), ENTERED.load(Ordering::Relaxed));
    let Ends { completed, failed, timed_out, cancelled, panicked } = ends;
    assert_eq!((completed, failed, timed_out, panicked), (each, each, each, 2 * each));
    assert!((each..=3 * each).contains(&cancelled), "{cancelled}");
}
