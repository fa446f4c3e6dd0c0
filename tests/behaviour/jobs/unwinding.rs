//! Panics that the future of a job survives, and panics while the future is dropped.

use std::{
    future::{Future, pending},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use futures_util::FutureExt;
use osapi_metrics::instrumented_job;
use tokio::sync::oneshot;

use super::{
    Ends, active, ends,
    steps::{Bomb, catch_poll, panic_with, poll, wait},
};

const ONE_PANICKED: Ends =
    Ends { completed: 0, failed: 0, timed_out: 0, cancelled: 0, panicked: 1 };

/// The payload of the panic of a value that is dropped.
fn panic_of_drop<T>(value: T) -> &'static str {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(value))).unwrap_err();
    panic.downcast_ref::<&str>().unwrap()
}

#[instrumented_job(name = "unwinding.kept")]
async fn panic_after_one_await() {
    wait(1).await;
    panic_with("kept");
}

#[test]
fn a_panic_is_the_end_also_of_a_future_that_is_kept() {
    let mut kept = Box::pin(panic_after_one_await());
    assert!(poll(kept.as_mut()).is_pending());
    assert_eq!(active("unwinding.kept"), Some(1.0));
    assert_eq!(catch_poll(kept.as_mut()).unwrap_err().downcast_ref(), Some(&"kept"));
    assert_eq!(ends("unwinding.kept"), ONE_PANICKED);
    // Neither another poll nor the drop adds a second end.
    assert!(catch_poll(kept.as_mut()).is_err());
    drop(kept);
    assert_eq!(ends("unwinding.kept"), ONE_PANICKED);
}

#[instrumented_job(name = "unwinding.goes_on")]
async fn go_on_beside_a_panicked_one() -> &'static str {
    let mut inner = Box::pin(panic_after_one_await_inside());
    let panic = AssertUnwindSafe(inner.as_mut()).catch_unwind().await.unwrap_err();
    wait(1).await;
    drop(inner);
    panic.downcast_ref::<&str>().unwrap()
}

#[instrumented_job(name = "unwinding.inside")]
async fn panic_after_one_await_inside() {
    wait(1).await;
    panic_with("inside");
}

#[test]
fn an_inner_job_has_panicked_before_the_outer_one_goes_on() {
    let mut outer = Box::pin(go_on_beside_a_panicked_one());
    for _ in 0..2 {
        assert!(poll(outer.as_mut()).is_pending());
    }
    assert_eq!(ends("unwinding.inside"), ONE_PANICKED);
    assert_eq!(active("unwinding.goes_on"), Some(1.0));
    assert!(poll(outer.as_mut()).is_ready());
    drop(outer);
    assert_eq!(ends("unwinding.goes_on"), Ends { completed: 1, ..Ends::default() });
    assert_eq!(ends("unwinding.inside"), ONE_PANICKED);
}

#[instrumented_job(name = "unwinding.local")]
async fn hold_a_local() {
    let _local = Bomb("local");
    pending().await
}

#[test]
fn a_panic_in_a_destructor_while_the_future_is_dropped_is_the_job_s() {
    let mut future = Box::pin(hold_a_local());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(panic_of_drop(future), "local");
    assert_eq!(ends("unwinding.local"), ONE_PANICKED);
}

#[test]
fn a_panic_of_a_future_that_was_never_polled_is_no_job() {
    #[instrumented_job(name = "unwinding.never_polled")]
    async fn hold(argument: Bomb) -> usize {
        argument.0.len()
    }
    #[instrumented_job(name = "unwinding.never_polled")]
    fn make(argument: Bomb) -> impl Future<Output = usize> {
        let length = argument.0.len();
        async move {
            drop(argument);
            length
        }
    }
    assert_eq!(panic_of_drop(hold(Bomb("never polled"))), "never polled");
    assert_eq!(panic_of_drop(make(Bomb("never polled"))), "never polled");
    assert_eq!(ends("unwinding.never_polled"), Ends::default());
}

#[instrumented_job(name = "unwinding.outer")]
async fn hold_a_job() {
    hold_a_bomb().await;
}

#[instrumented_job(name = "unwinding.inner")]
async fn hold_a_bomb() {
    let _local = Bomb("inner");
    pending().await
}

#[test]
fn a_panic_in_a_destructor_unwinds_through_the_jobs_around() {
    let mut future = Box::pin(hold_a_job());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(panic_of_drop(future), "inner");
    assert_eq!(ends("unwinding.inner"), ONE_PANICKED);
    assert_eq!(ends("unwinding.outer"), ONE_PANICKED);
}

#[instrumented_job(name = "unwinding.catches_in_drop")]
async fn hold_what_catches() {
    struct Catches;
    impl Drop for Catches {
        fn drop(&mut self) {
            catch_unwind(|| panic_with("caught")).unwrap_err();
        }
    }
    let _local = Catches;
    pending().await
}

#[test]
fn a_panic_that_a_destructor_catches_leaves_the_job_cancelled() {
    let mut future = Box::pin(hold_what_catches());
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(ends("unwinding.catches_in_drop"), Ends { cancelled: 1, ..Ends::default() });
}

#[instrumented_job(name = "unwinding.dropped_by_a_panic")]
async fn hold_what_sees_a_panic(seen: oneshot::Sender<bool>) {
    struct Sees(Option<oneshot::Sender<bool>>);
    impl Drop for Sees {
        fn drop(&mut self) {
            self.0.take().unwrap().send(thread::panicking()).unwrap();
        }
    }
    let _sees = Sees(Some(seen));
    pending().await
}

#[test]
fn a_job_that_another_panic_drops_is_cancelled_whatever_its_locals_see() {
    let (seen, mut received) = oneshot::channel();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let mut future = Box::pin(hold_what_sees_a_panic(seen));
        assert!(poll(future.as_mut()).is_pending());
        panic_with("the owner of the future");
    }));
    assert!(panic.is_err());
    assert_eq!(received.try_recv(), Ok(true));
    assert_eq!(ends("unwinding.dropped_by_a_panic"), Ends { cancelled: 1, ..Ends::default() });
}

#[instrumented_job(name = "unwinding.task")]
async fn hold_and_wait(started: oneshot::Sender<()>) {
    let _local = Bomb("task");
    started.send(()).unwrap();
    pending().await
}

#[test]
fn a_task_that_panics_while_it_is_aborted_has_panicked() {
    let flavours = [
        tokio::runtime::Builder::new_current_thread().build().unwrap(),
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap(),
    ];
    for runtime in flavours {
        runtime.block_on(async {
            let (started, start) = oneshot::channel();
            let task = tokio::spawn(hold_and_wait(started));
            start.await.unwrap();
            task.abort();
            let panic = task.await.unwrap_err().into_panic();
            assert_eq!(panic.downcast_ref(), Some(&"task"));
        });
    }
    assert_eq!(ends("unwinding.task"), Ends { panicked: 2, ..Ends::default() });
}

#[instrumented_job(name = "unwinding.partly_used")]
fn use_a_part(argument: Bomb) -> usize {
    argument.0.len()
}

#[instrumented_job(name = "unwinding.partly_used_async")]
async fn use_a_part_later(argument: Bomb) -> usize {
    wait(1).await;
    argument.0.len()
}

#[instrumented_job(name = "unwinding.part_of_a_pattern")]
fn use_a_part_of_a_pattern((_, Bomb(payload), argument): (u8, &Bomb, Bomb)) -> usize {
    payload.len() + argument.0.len()
}

#[test]
fn an_argument_is_the_job_s_even_if_the_body_uses_only_a_part() {
    assert!(catch_unwind(|| use_a_part(Bomb("part"))).is_err());
    assert_eq!(ends("unwinding.partly_used"), ONE_PANICKED);
    let of_a_pattern = || use_a_part_of_a_pattern((0, &Bomb("other"), Bomb("part")));
    assert!(catch_unwind(of_a_pattern).is_err());
    assert_eq!(ends("unwinding.part_of_a_pattern"), ONE_PANICKED);
    for polls in [1, 2] {
        let mut future = Box::pin(use_a_part_later(Bomb("part")));
        assert!(poll(future.as_mut()).is_pending());
        if polls == 1 {
            assert_eq!(panic_of_drop(future), "part");
        } else {
            assert!(catch_poll(future.as_mut()).is_err());
        }
    }
    assert_eq!(ends("unwinding.partly_used_async"), Ends { panicked: 2, ..Ends::default() });
}

#[instrumented_job(name = "unwinding.unnamed")]
fn name_nothing(_: Bomb, _argument: Bomb) {}

#[instrumented_job(name = "unwinding.unnamed_async")]
async fn name_nothing_later(_: Bomb, _argument: u8) {
    pending().await
}

#[test]
fn an_argument_that_the_body_does_not_name_gives_no_second_end() {
    assert!(catch_unwind(|| name_nothing(Bomb("one"), Bomb("other"))).is_err());
    assert_eq!(ends("unwinding.unnamed").sum(), 1);
    let mut future = Box::pin(name_nothing_later(Bomb("unnamed"), 0));
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(panic_of_drop(future), "unnamed");
    assert_eq!(ends("unwinding.unnamed_async").sum(), 1);
}
