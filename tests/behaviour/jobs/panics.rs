//! Panics of the code of a job, of the values that it drops, and of other code while it runs.

use std::{
    any::Any,
    cell::Cell,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
    sync::Arc,
    task::Poll,
    thread,
};

use futures_util::FutureExt;
use osapi_metrics::instrumented_job;

use super::{
    Ends, active, ends,
    steps::{Bomb, catch_poll, panic_with, poll, wait},
};

const ONE_PANICKED: Ends =
    Ends { completed: 0, failed: 0, timed_out: 0, cancelled: 0, panicked: 1 };
const ONE_COMPLETED: Ends =
    Ends { completed: 1, failed: 0, timed_out: 0, cancelled: 0, panicked: 0 };
const ONE_CANCELLED: Ends =
    Ends { completed: 0, failed: 0, timed_out: 0, cancelled: 1, panicked: 0 };

type Payload = Box<dyn Any + Send>;
type Way = fn(Payload) -> thread::Result<()>;

#[instrumented_job(name = "panics.sync")]
fn panic_now(payload: Payload) {
    resume_unwind(payload);
}

#[instrumented_job(name = "panics.before_await")]
async fn panic_before_await(payload: Payload) {
    panic_or_not(payload);
    wait(1).await;
}

#[instrumented_job(name = "panics.after_await")]
async fn panic_after_await(payload: Payload) {
    wait(1).await;
    panic_or_not(payload);
}

/// Never returns, which its signature does not state.
fn panic_or_not(payload: Payload) {
    resume_unwind(payload);
}

#[test]
fn the_payload_of_a_panic_reaches_the_caller_unchanged() {
    struct Token(Arc<()>);

    let ways: [(&str, Way); 3] = [
        ("panics.sync", |payload| catch_unwind(AssertUnwindSafe(|| panic_now(payload)))),
        ("panics.before_await", |payload| {
            panic_before_await(payload).catch_unwind_now().map(|polled| assert!(polled.is_ready()))
        }),
        ("panics.after_await", |payload| {
            let mut future = Box::pin(panic_after_await(payload));
            assert!(poll(future.as_mut()).is_pending());
            catch_poll(future.as_mut()).map(|polled| assert!(polled.is_ready()))
        }),
    ];
    for (job_name, way) in ways {
        let token = Arc::new(());
        let panic = way(Box::new(Token(Arc::clone(&token)))).unwrap_err();
        let same = panic.downcast::<Token>().unwrap();
        assert!(Arc::ptr_eq(&same.0, &token), "{job_name}");
        assert_eq!(way(Box::new(42_u64)).unwrap_err().downcast_ref(), Some(&42_u64));
        let boxed_twice: Payload = Box::new(Box::new("text") as Payload);
        assert!(way(boxed_twice).unwrap_err().is::<Payload>(), "{job_name}");
        assert_eq!(ends(job_name), Ends { panicked: 3, ..Ends::default() }, "{job_name}");
    }
}

/// Polls a future that may panic, once.
trait CatchUnwindNow: Future + Sized {
    fn catch_unwind_now(self) -> thread::Result<Poll<Self::Output>> {
        catch_poll(std::pin::pin!(self))
    }
}

impl<F: Future> CatchUnwindNow for F {}

#[instrumented_job(name = "panics.any")]
fn panic_with_any(number: u8) -> Result<u8, u8> {
    match number {
        0 => panic_any(Cell::new(7)),
        1 => panic!("{}", format_args!("formatted {number}")),
        _ => Err(number),
    }
}

#[test]
fn values_and_texts_are_payloads() {
    let caught = |number| catch_unwind(|| panic_with_any(number)).unwrap_err();
    assert_eq!(caught(0).downcast_ref(), Some(&Cell::new(7)));
    assert_eq!(caught(1).downcast_ref(), Some(&"formatted 1".to_owned()));
    assert_eq!(panic_with_any(2), Err(2));
    assert_eq!(ends("panics.any"), Ends { panicked: 2, failed: 1, ..Ends::default() });
}

#[instrumented_job(name = "panics.local")]
fn drop_a_local() -> Result<&'static str, String> {
    let _local = Bomb("local");
    Ok("never returned")
}

#[instrumented_job(name = "panics.async_local")]
async fn drop_a_local_later() -> Option<String> {
    let _local = Bomb("async local");
    wait(1).await;
    Some("never returned".to_owned())
}

#[instrumented_job(name = "panics.argument")]
fn drop_an_argument(argument: Bomb) -> usize {
    argument.0.len()
}

#[instrumented_job(name = "panics.async_argument")]
async fn drop_an_argument_later(argument: Bomb) -> usize {
    wait(1).await;
    argument.0.len()
}

#[instrumented_job(name = "panics.statement")]
fn drop_in_the_middle() -> usize {
    drop(Bomb("statement"));
    1
}

impl Bomb {
    #[instrumented_job(name = "panics.receiver")]
    fn drop_the_receiver(self) -> usize {
        self.0.len()
    }
}

#[test]
fn a_panic_in_a_destructor_is_the_job_s() {
    let sync: [(&str, &str, fn()); 4] = [
        ("panics.local", "local", || drop(drop_a_local())),
        ("panics.argument", "argument", || assert_eq!(drop_an_argument(Bomb("argument")), 0)),
        ("panics.statement", "statement", || assert_eq!(drop_in_the_middle(), 0)),
        ("panics.receiver", "receiver", || assert_eq!(Bomb("receiver").drop_the_receiver(), 0)),
    ];
    for (job_name, payload, job) in sync {
        assert_eq!(catch_unwind(job).unwrap_err().downcast_ref(), Some(&payload));
        assert_eq!(ends(job_name), ONE_PANICKED, "{job_name}");
    }

    let mut future = Box::pin(drop_a_local_later());
    assert!(poll(future.as_mut()).is_pending());
    let panic = catch_poll(future.as_mut()).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"async local"));
    drop(future);
    assert_eq!(ends("panics.async_local"), ONE_PANICKED);

    let mut future = Box::pin(drop_an_argument_later(Bomb("async argument")));
    assert!(poll(future.as_mut()).is_pending());
    let panic = catch_poll(future.as_mut()).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"async argument"));
    drop(future);
    assert_eq!(ends("panics.async_argument"), ONE_PANICKED);
}

#[instrumented_job(name = "panics.caught_inside")]
fn catch_inside() -> bool {
    catch_unwind(|| panic_with("inside")).is_err()
}

#[instrumented_job(name = "panics.caught_inside_async")]
async fn catch_inside_async() -> bool {
    let panics = async {
        wait(1).await;
        panic_with("inside");
    };
    let caught = AssertUnwindSafe(panics).catch_unwind().await.is_err();
    wait(1).await;
    caught
}

#[tokio::test]
async fn a_panic_that_a_job_catches_is_no_end() {
    assert!(catch_inside());
    assert_eq!(ends("panics.caught_inside"), ONE_COMPLETED);
    assert!(catch_inside_async().await);
    assert_eq!(ends("panics.caught_inside_async"), ONE_COMPLETED);
    let mut kept = Box::pin(catch_inside_async());
    for _ in 0..2 {
        assert!(poll(kept.as_mut()).is_pending());
    }
    // The job has caught its panic, and waits again.
    assert_eq!(active("panics.caught_inside_async"), Some(1.0));
    drop(kept);
    let expected = Ends { completed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("panics.caught_inside_async"), expected);
}

/// Calls a function when it is dropped.
struct AtEnd<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[instrumented_job(name = "panics.tidies_up")]
fn tidy_up() -> Result<(), String> {
    assert!(thread::panicking());
    Ok(())
}

#[instrumented_job(name = "panics.tidies_up_badly")]
fn tidy_up_badly() -> Result<(), String> {
    catch_unwind(|| panic_with("inner")).unwrap_err();
    Err("nothing to tidy".to_owned())
}

#[instrumented_job(name = "panics.untidy")]
fn leave_tidying_to_destructors() {
    let _at_end = AtEnd(|| {
        tidy_up().unwrap();
        tidy_up_badly().unwrap_err();
    });
    panic_with("outer");
}

#[test]
fn a_job_that_runs_while_another_panic_unwinds_returns_as_ever() {
    let panic = catch_unwind(leave_tidying_to_destructors).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"outer"));
    assert_eq!(ends("panics.tidies_up"), ONE_COMPLETED);
    assert_eq!(ends("panics.tidies_up_badly"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(ends("panics.untidy"), ONE_PANICKED);
}

#[instrumented_job(name = "panics.sibling")]
async fn wait_for_ever() {
    pending::<()>().await;
}

#[tokio::test]
async fn a_job_that_is_dropped_by_the_panic_of_another_is_cancelled() {
    let siblings = async {
        tokio::select! {
            biased;
            () = wait_for_ever() => {}
            () = async {
                wait(1).await;
                panic_with("the other branch");
            } => {}
        }
    };
    let panic = AssertUnwindSafe(siblings).catch_unwind().await.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the other branch"));
    assert_eq!(ends("panics.sibling"), ONE_CANCELLED);
}

#[instrumented_job(name = "panics.again")]
async fn end_as_asked(panics: bool) -> u8 {
    wait(1).await;
    if panics {
        panic_with("first");
    }
    1
}

#[test]
fn a_future_that_is_polled_after_its_end_has_no_second_one() {
    for panics in [true, false] {
        let mut future = Box::pin(end_as_asked(panics));
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(catch_poll(future.as_mut()).is_err(), panics);
        // The state machine of an async function panics when it is polled again.
        assert!(catch_poll(future.as_mut()).is_err());
        assert!(catch_poll(future.as_mut()).is_err());
        drop(future);
    }
    let expected = Ends { completed: 1, panicked: 1, ..Ends::default() };
    assert_eq!(ends("panics.again"), expected);
}
