//! Functions that return futures without being `async`: the job is the future.

use std::{
    convert::Infallible,
    future::{Future, pending, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::Poll,
    time::{Duration, Instant, SystemTime},
};

use async_recursion::async_recursion;
use async_trait::async_trait;
use futures_util::{
    FutureExt,
    future::{BoxFuture, LocalBoxFuture},
};
use osapi_metrics::{ErrorType, instrumented_job};

use super::{
    Ends, active, ends,
    steps::{Bomb, catch_poll, completes_after, drop_at_every_await, panic_with, poll, wait},
};
use crate::read;

/// A value that is held across awaits: the drop of a future drops its values.
type Held = Arc<()>;

#[instrumented_job(name = "futures.implemented")]
fn implemented(held: Held) -> impl Future<Output = usize> {
    async move {
        let _also_held = Arc::clone(&held);
        wait(2).await;
        Arc::strong_count(&held)
    }
}

#[instrumented_job(name = "futures.implemented_and_borrowed")]
fn implemented_and_borrowed<'a>(
    text: &'a str,
    held: &'a Held,
) -> impl Future<Output = Result<&'a str, String>> + Send + 'a {
    async move {
        let _also_held = Arc::clone(held);
        wait(1).await;
        if text.is_empty() {
            return Err("empty".to_owned());
        }
        let first = text.split('.').next().ok_or("nothing")?;
        wait(1).await;
        Ok(first)
    }
}

#[instrumented_job(name = "futures.boxed")]
fn boxed<'a>(held: &'a Held) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
    Box::pin(async move {
        let _also_held = Arc::clone(held);
        wait(2).await;
        Arc::strong_count(held)
    })
}

#[instrumented_job(name = "futures.box_future")]
fn box_future(held: &Held) -> BoxFuture<'_, usize> {
    Box::pin(async move {
        wait(2).await;
        Arc::strong_count(held)
    })
}

#[instrumented_job(name = "futures.boxed_by_a_method")]
fn boxed_by_a_method(held: &Held) -> BoxFuture<'_, usize> {
    async move {
        wait(2).await;
        Arc::strong_count(held)
    }
    .boxed()
}

#[instrumented_job(name = "futures.local")]
fn local(held: &Held) -> LocalBoxFuture<'_, usize> {
    let count = std::rc::Rc::new(Arc::clone(held));
    async move {
        wait(2).await;
        Arc::strong_count(&count)
    }
    .boxed_local()
}

#[instrumented_job(name = "futures.delegated")]
fn delegated(held: Held) -> impl Future<Output = usize> + Send {
    implemented_elsewhere(held)
}

async fn implemented_elsewhere(held: Held) -> usize {
    wait(2).await;
    Arc::strong_count(&held)
}

#[instrumented_job(name = "futures.prepared")]
fn prepared(held: &Held, early: bool) -> BoxFuture<'static, usize> {
    let held = Arc::clone(held);
    if early {
        return Box::pin(ready(0));
    }
    let future = implemented_elsewhere(held);
    Box::pin(async move { future.await + 1 })
}

#[test]
fn a_returned_future_that_is_dropped_at_any_await_has_one_end() {
    let held = Held::default();
    let share = || Arc::clone(&held);
    assert_eq!(completes_after(2, "futures.implemented", || implemented(share())), 3);
    let name = "futures.implemented_and_borrowed";
    let first = completes_after(2, name, || implemented_and_borrowed("a.b", &held));
    assert_eq!(first.as_deref(), Ok("a"));
    let mut fails = Box::pin(implemented_and_borrowed("", &held));
    assert!(poll(fails.as_mut()).is_pending());
    assert_eq!(poll(fails.as_mut()), Poll::Ready(Err("empty".to_owned())));
    drop(fails);
    assert_eq!(ends(name), Ends { completed: 1, failed: 1, cancelled: 2, ..Ends::default() });
    assert_eq!(completes_after(2, "futures.boxed", || boxed(&held)), 2);
    assert_eq!(completes_after(2, "futures.box_future", || box_future(&held)), 1);
    let name = "futures.boxed_by_a_method";
    assert_eq!(completes_after(2, name, || boxed_by_a_method(&held)), 1);
    assert_eq!(completes_after(2, "futures.local", || local(&held)), 2);
    assert_eq!(completes_after(2, "futures.delegated", || delegated(share())), 2);
    assert_eq!(completes_after(2, "futures.prepared", || prepared(&held, false)), 3);
    assert_eq!(poll(prepared(&held, true).as_mut()), Poll::Ready(0));
    assert_eq!(ends("futures.prepared"), Ends { completed: 2, cancelled: 2, ..Ends::default() });
    assert_eq!(Arc::strong_count(&held), 1, "whatever was held is free");
}

#[tokio::test]
async fn a_returned_future_ends_as_its_output_says() {
    assert_eq!(
        tokio::spawn(fail_as_asked(Some(Refusal::Early))).await.unwrap(),
        Err(Refusal::Early)
    );
    assert_eq!(fail_as_asked(Some(Refusal::Late)).await, Err(Refusal::Late));
    assert_eq!(fail_as_asked(None).await, Ok(vec![0; 7]));
    let expected = Ends { completed: 1, failed: 1, timed_out: 1, ..Ends::default() };
    assert_eq!(ends("futures.output"), expected);
    let name = ("job_name", "futures.output");
    let output = read().histogram("osapi_job_output_size_bytes", &[name]).unwrap();
    assert_eq!((output.count, output.sum), (1, 7.0));
    for class in ["early", "late"] {
        let errors = read().number("osapi_job_errors_total", &[name, ("error_type", class)]);
        assert_eq!(errors, Some(1.0), "{class}");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, ErrorType)]
enum Refusal {
    Early,
    #[error_type(timeout)]
    Late,
}

#[instrumented_job(name = "futures.output", output_size = |output: &Vec<u8>| output.len())]
fn fail_as_asked(refusal: Option<Refusal>) -> BoxFuture<'static, Result<Vec<u8>, Refusal>> {
    Box::pin(async move {
        wait(1).await;
        if let Some(refusal) = refusal { Err(refusal) } else { Ok(vec![0; 7]) }
    })
}

#[instrumented_job(name = "futures.panics_at_once")]
fn panic_at_once(now: bool) -> BoxFuture<'static, Infallible> {
    if now {
        panic_with("before there is a future");
    }
    Box::pin(pending())
}

#[instrumented_job(name = "futures.panics")]
fn panic_while_polled() -> impl Future<Output = ()> {
    async {
        let _local = Bomb("not while unwinding");
        wait(1).await;
        panic_with("polled");
    }
}

#[test]
fn a_returned_future_panics_when_it_is_polled() {
    assert!(std::panic::catch_unwind(|| drop(panic_at_once(true))).is_err());
    drop(panic_at_once(false));
    assert_eq!(ends("futures.panics_at_once"), Ends::default(), "there was no future to poll");

    let mut kept = Box::pin(panic_while_polled());
    assert!(poll(kept.as_mut()).is_pending());
    assert_eq!(catch_poll(kept.as_mut()).unwrap_err().downcast_ref(), Some(&"polled"));
    assert_eq!(ends("futures.panics"), Ends { panicked: 1, ..Ends::default() });
    assert!(catch_poll(kept.as_mut()).is_err(), "it is over");
    drop(kept);
    assert_eq!(ends("futures.panics"), Ends { panicked: 1, ..Ends::default() });
    let mut dropped = Box::pin(panic_while_polled());
    assert!(poll(dropped.as_mut()).is_pending());
    let drops = std::panic::AssertUnwindSafe(|| drop(dropped));
    assert!(std::panic::catch_unwind(drops).is_err());
    assert_eq!(ends("futures.panics"), Ends { panicked: 2, ..Ends::default() });
}

#[test]
fn a_returned_future_that_is_polled_after_its_end_has_no_second_one() {
    #[instrumented_job(name = "futures.again")]
    fn once() -> impl Future<Output = u8> {
        async { 1 }
    }
    let mut future = Box::pin(once());
    assert!(poll(future.as_mut()).is_ready());
    assert!(catch_poll(future.as_mut()).is_err());
    drop(future);
    assert_eq!(ends("futures.again"), Ends { completed: 1, ..Ends::default() });
}

static AT_FIRST_POLL: AtomicU32 = AtomicU32::new(0);
static AT_CALL: AtomicU32 = AtomicU32::new(0);

fn counted<T>(count: &AtomicU32, value: T) -> T {
    count.fetch_add(1, Ordering::Relaxed);
    value
}

struct Letter {
    queued_at: SystemTime,
    text: String,
}

#[instrumented_job(
    name = "futures.asked_at_first_poll",
    queued_at = counted(&AT_FIRST_POLL, letter.queued_at),
)]
fn asked_at_first_poll(letter: Letter) -> Pin<Box<dyn Future<Output = String> + Send>> {
    Box::pin(async move {
        let taken = letter;
        wait(1).await;
        taken.text
    })
}

#[instrumented_job(
    name = "futures.asked_at_the_call",
    queued_at = counted(&AT_CALL, letter.queued_at),
)]
fn asked_at_the_call(letter: Letter) -> impl Future<Output = String> {
    let text = letter.text;
    async move {
        wait(1).await;
        text
    }
}

#[test]
fn a_description_of_the_start_sees_the_arguments_before_the_body_takes_them() {
    let _recording = read();
    let hour = Duration::from_secs(3600);
    let letter = || Letter { queued_at: SystemTime::now() - hour, text: "text".to_owned() };
    let mut whole = asked_at_first_poll(letter());
    let mut with_statements = Box::pin(asked_at_the_call(letter()));
    drop(asked_at_first_poll(letter()));
    assert_eq!(AT_FIRST_POLL.load(Ordering::Relaxed), 0);
    assert_eq!(AT_CALL.load(Ordering::Relaxed), 1);
    for (job_name, count, future) in [
        ("futures.asked_at_first_poll", &AT_FIRST_POLL, whole.as_mut()),
        ("futures.asked_at_the_call", &AT_CALL, with_statements.as_mut()),
    ] {
        let mut future: Pin<&mut dyn Future<Output = String>> = future;
        assert_eq!(active(job_name), Some(0.0), "{job_name}");
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(active(job_name), Some(1.0), "{job_name}");
        assert_eq!(poll(future.as_mut()), Poll::Ready("text".to_owned()));
        assert_eq!(count.load(Ordering::Relaxed), 1, "{job_name}");
        assert_eq!(ends(job_name), Ends { completed: 1, ..Ends::default() }, "{job_name}");
        let name = [("job_name", job_name)];
        let wait = read().histogram("osapi_job_queue_wait_seconds", &name).unwrap();
        assert!(wait.count == 1 && wait.sum >= 3600.0, "{job_name}: {wait:?}");
    }
}

#[async_trait]
trait Worker: Send + Sync {
    async fn work(&self, text: &str) -> Result<usize, Refusal>;

    #[instrumented_job(name = "futures.provided", queued_at = queued)]
    async fn work_twice(&self, text: &str, queued: Option<Instant>) -> Result<usize, Refusal> {
        let _used = queued;
        let once = self.work(text).await?;
        Ok(once + self.work(text).await?)
    }
}

struct Counting {
    queued_at: SystemTime,
    step: usize,
}

#[async_trait]
impl Worker for Counting {
    #[instrumented_job(
        name = "futures.async_trait",
        queued_at = self.queued_at,
        error_type = |_: &Refusal| "mine",
    )]
    async fn work(&self, text: &str) -> Result<usize, Refusal> {
        wait(1).await;
        if text.is_empty() {
            return Err(Refusal::Early);
        }
        wait(1).await;
        Ok(text.len() + self.step)
    }
}

#[test]
fn a_method_of_an_async_trait_is_a_job() {
    let worker: &dyn Worker = &Counting { queued_at: SystemTime::now(), step: 1 };
    let sum =
        completes_after(4, "futures.provided", || worker.work_twice("ab", Some(Instant::now())));
    assert_eq!(sum, Ok(6));
    // Dropped after 1 and 2 polls in the first call, after 3 and 4 in the second.
    let expected = Ends { completed: 2 + 2, cancelled: 4, ..Ends::default() };
    assert_eq!(ends("futures.async_trait"), expected);
    let failed = drop_at_every_await("futures.provided_and_failed", || fails(worker));
    assert_eq!((failed.awaits, failed.end.unwrap()), (1, Err(Refusal::Early)));
    let expected = Ends { failed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("futures.provided_and_failed"), expected);
    let class = [("job_name", "futures.async_trait"), ("error_type", "mine")];
    assert_eq!(read().number("osapi_job_errors_total", &class), Some(1.0));
    let name = [("job_name", "futures.async_trait")];
    let waits = read().histogram("osapi_job_queue_wait_seconds", &name).unwrap();
    assert_eq!(waits.count, 4 + 4 + 2);
}

#[instrumented_job(name = "futures.provided_and_failed")]
fn fails(worker: &dyn Worker) -> impl Future<Output = Result<usize, Refusal>> {
    worker.work("")
}

#[async_recursion]
#[instrumented_job(name = "futures.recursive")]
async fn recursive(from: u32, held: &Held) -> Result<f64, String> {
    let _also_held = Arc::clone(held);
    wait(1).await;
    if from == 0 {
        return active("futures.recursive").ok_or_else(|| "not there".to_owned());
    }
    recursive(from - 1, held).await
}

#[instrumented_job(name = "futures.recursive_by_hand")]
fn recursive_by_hand(from: u32) -> BoxFuture<'static, u32> {
    Box::pin(async move {
        wait(1).await;
        if from == 0 { 0 } else { 1 + recursive_by_hand(from - 1).await }
    })
}

#[tokio::test]
async fn every_call_of_a_recursive_function_that_returns_a_future_is_a_job() {
    let held = Held::default();
    assert_eq!(recursive(3, &held).await, Ok(4.0));
    assert_eq!(ends("futures.recursive"), Ends { completed: 4, ..Ends::default() });
    let mut dropped = recursive(3, &held);
    for _ in 0..2 {
        assert!(poll(dropped.as_mut()).is_pending());
    }
    drop(dropped);
    assert_eq!(ends("futures.recursive"), Ends { completed: 4, cancelled: 2, ..Ends::default() });
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(recursive_by_hand(2).await, 2);
    assert_eq!(ends("futures.recursive_by_hand"), Ends { completed: 3, ..Ends::default() });
}
