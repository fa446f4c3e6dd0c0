//! Jobs on the runtimes of tokio and on threads: timeouts, aborts, shutdowns.

use std::{
    future::{pending, ready},
    rc::Rc,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use osapi_metrics::instrumented_job;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Barrier, oneshot},
    task::{JoinSet, LocalSet, spawn_blocking},
    time::{sleep, timeout},
};

use super::{Ends, active, ends, steps::panic_with};

fn flavours() -> [Runtime; 2] {
    [
        Builder::new_current_thread().enable_time().build().unwrap(),
        Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap(),
    ]
}

const MINUTE: Duration = Duration::from_secs(60);

#[instrumented_job(name = "runtimes.timeout")]
async fn take(time: Duration) -> Duration {
    sleep(time).await;
    time
}

#[tokio::test(start_paused = true)]
async fn a_timeout_around_a_job_cancels_it_if_it_is_late() {
    assert_eq!(timeout(MINUTE, take(MINUTE / 2)).await, Ok(MINUTE / 2));
    timeout(MINUTE, take(2 * MINUTE)).await.unwrap_err();
    // The job began, and timed out at once.
    timeout(Duration::ZERO, take(MINUTE)).await.unwrap_err();
    assert_eq!(ends("runtimes.timeout"), Ends { completed: 1, cancelled: 2, ..Ends::default() });
}

#[instrumented_job(name = "runtimes.timeout_inside")]
async fn give_up_after(limit: Duration) -> Result<(), tokio::time::error::Elapsed> {
    timeout(limit, take_inside(MINUTE)).await
}

#[instrumented_job(name = "runtimes.inside_timeout")]
async fn take_inside(time: Duration) {
    sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_a_job_does_not_cancel_that_job() {
    give_up_after(MINUTE / 2).await.unwrap_err();
    give_up_after(MINUTE * 2).await.unwrap();
    let Ends { completed, failed, timed_out, cancelled, panicked } =
        ends("runtimes.timeout_inside");
    assert_eq!((completed, failed + timed_out, cancelled, panicked), (1, 1, 0, 0));
    let inside = ends("runtimes.inside_timeout");
    assert_eq!(inside, Ends { completed: 1, cancelled: 1, ..Ends::default() });
}

#[instrumented_job(name = "runtimes.select")]
async fn race(time: Duration) -> Duration {
    sleep(time).await;
    time
}

#[tokio::test(start_paused = true)]
async fn the_losers_of_a_race_are_cancelled() {
    let winner = tokio::select! {
        time = race(3 * MINUTE) => time,
        time = race(MINUTE) => time,
        time = race(2 * MINUTE) => time,
    };
    assert_eq!(winner, MINUTE);
    assert_eq!(ends("runtimes.select"), Ends { completed: 1, cancelled: 2, ..Ends::default() });

    // A branch that was never polled is not a job.
    tokio::select! {
        biased;
        () = ready(()) => {}
        _ = race(MINUTE) => {}
    }
    let by_reference = race(MINUTE);
    tokio::pin!(by_reference);
    tokio::select! {
        _ = &mut by_reference => {}
        () = sleep(MINUTE / 2) => {}
    }
    // The branch lost, and the job goes on.
    assert_eq!(active("runtimes.select"), Some(1.0));
    by_reference.await;
    assert_eq!(ends("runtimes.select"), Ends { completed: 2, cancelled: 2, ..Ends::default() });
}

#[derive(Clone, Copy)]
enum Fate {
    Complete,
    Panic,
    Hang,
}

#[instrumented_job(name = "runtimes.join_set")]
async fn meet(fate: Fate, all_started: Arc<Barrier>) {
    all_started.wait().await;
    match fate {
        Fate::Complete => {}
        Fate::Panic => panic_with("as asked"),
        Fate::Hang => pending().await,
    }
}

#[test]
fn a_join_set_that_is_aborted_or_dropped_cancels_what_still_runs() {
    for runtime in flavours() {
        for drops in [false, true] {
            runtime.block_on(async {
                let mut tasks = JoinSet::new();
                let all_started = Arc::new(Barrier::new(7));
                for fate in [Fate::Complete, Fate::Panic, Fate::Hang].repeat(2) {
                    tasks.spawn(meet(fate, Arc::clone(&all_started)));
                }
                all_started.wait().await;
                for _ in 0..4 {
                    tasks.join_next().await.unwrap().ok();
                }
                assert_eq!(active("runtimes.join_set"), Some(2.0));
                if !drops {
                    tasks.abort_all();
                    while tasks.join_next().await.is_some() {}
                    assert_eq!(active("runtimes.join_set"), Some(0.0));
                }
            });
        }
        // The shutdown of the runtime drops aborted tasks at the latest.
        drop(runtime);
    }
    let expected = Ends { completed: 8, panicked: 8, cancelled: 8, ..Ends::default() };
    assert_eq!(ends("runtimes.join_set"), expected);
}

#[instrumented_job(name = "runtimes.shutdown")]
async fn outlive(all_started: Arc<Barrier>) {
    all_started.wait().await;
    pending().await
}

#[test]
fn jobs_do_not_survive_their_runtime() {
    let mut expected = Ends::default();
    for background in [false, true] {
        for runtime in flavours() {
            let all_started = Arc::new(Barrier::new(4));
            let (alive, gone) = mpsc::channel::<()>();
            for _ in 0..3 {
                let (all_started, alive) = (Arc::clone(&all_started), alive.clone());
                runtime.spawn(async move {
                    // Dropped after the job.
                    let _alive = alive;
                    outlive(all_started).await;
                });
            }
            drop(alive);
            runtime.block_on(all_started.wait());
            assert_eq!(active("runtimes.shutdown"), Some(3.0));
            if background {
                runtime.shutdown_background();
            } else {
                drop(runtime);
            }
            gone.recv().unwrap_err();
            expected.cancelled += 3;
            assert_eq!(ends("runtimes.shutdown"), expected);
        }
    }
}

#[instrumented_job(name = "runtimes.blocking")]
fn block(started: oneshot::Sender<()>, end: &mpsc::Receiver<bool>) -> Result<(), String> {
    started.send(()).unwrap();
    if end.recv().unwrap() { Ok(()) } else { Err("as asked".to_owned()) }
}

#[test]
fn blocking_work_goes_on_whatever_becomes_of_its_task_and_its_runtime() {
    for (done, runtime) in flavours().into_iter().enumerate() {
        let (end, ended) = mpsc::channel();
        let (alive, gone) = mpsc::channel::<()>();
        runtime.block_on(async {
            let (started, start) = oneshot::channel();
            let task = spawn_blocking(move || {
                let _alive = alive;
                drop(block(started, &ended));
            });
            start.await.unwrap();
            task.abort();
        });
        runtime.shutdown_background();
        assert_eq!(active("runtimes.blocking"), Some(1.0));
        end.send(done == 0).unwrap();
        gone.recv().unwrap_err();
    }
    let expected = Ends { completed: 1, failed: 1, ..Ends::default() };
    assert_eq!(ends("runtimes.blocking"), expected);
}

#[instrumented_job(name = "runtimes.thread")]
fn in_a_thread(panics: bool) -> u8 {
    if panics {
        panic_with("in a thread");
    }
    1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_of_any_kind_end_their_jobs() {
    let scoped = thread::scope(|scope| {
        let threads = [false, true].map(|panics| scope.spawn(move || in_a_thread(panics)));
        threads.map(|thread| thread.join().is_ok())
    });
    assert_eq!(scoped, [true, false]);
    assert_eq!(spawn_blocking(|| in_a_thread(false)).await.unwrap(), 1);
    assert!(spawn_blocking(|| in_a_thread(true)).await.unwrap_err().is_panic());
    assert_eq!(tokio::task::block_in_place(|| in_a_thread(false)), 1);
    let expected = Ends { completed: 3, panicked: 2, ..Ends::default() };
    assert_eq!(ends("runtimes.thread"), expected);
}

#[instrumented_job(name = "runtimes.thread_local")]
fn at_the_end_of_a_thread() {}

struct AtEndOfThread;

impl Drop for AtEndOfThread {
    fn drop(&mut self) {
        at_the_end_of_a_thread();
    }
}

#[test]
fn a_destructor_of_a_thread_local_can_run_a_job() {
    thread_local! {
        static AT_END: AtEndOfThread = const { AtEndOfThread };
    }
    thread::spawn(|| AT_END.with(|_| {})).join().unwrap();
    thread::spawn(|| {
        // The thread-locals of the recording core are older here, and dropped first.
        at_the_end_of_a_thread();
        AT_END.with(|_| {});
    })
    .join()
    .unwrap();
    thread::spawn(|| {
        AT_END.with(|_| {});
        at_the_end_of_a_thread();
    })
    .join()
    .unwrap();
    let expected = Ends { completed: 5, ..Ends::default() };
    assert_eq!(ends("runtimes.thread_local"), expected);
}

#[instrumented_job(name = "runtimes.local")]
async fn not_send(count: Rc<u32>, ends: bool) -> u32 {
    tokio::task::yield_now().await;
    if !ends {
        pending::<()>().await;
    }
    *count
}

#[test]
fn futures_that_stay_on_their_thread_end_like_others() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let local = LocalSet::new();
    let count = Rc::new(5);
    local.block_on(&runtime, async {
        let ended = tokio::task::spawn_local(not_send(Rc::clone(&count), true)).await;
        assert_eq!(ended.unwrap(), 5);
        let aborted = tokio::task::spawn_local(not_send(Rc::clone(&count), false));
        tokio::task::yield_now().await;
        aborted.abort();
        assert!(aborted.await.unwrap_err().is_cancelled());
        drop(tokio::task::spawn_local(not_send(Rc::clone(&count), false)));
        tokio::task::yield_now().await;
    });
    assert_eq!(active("runtimes.local"), Some(1.0));
    drop(local);
    let expected = Ends { completed: 1, cancelled: 2, ..Ends::default() };
    assert_eq!(ends("runtimes.local"), expected);
    assert_eq!(Rc::strong_count(&count), 1);
}
