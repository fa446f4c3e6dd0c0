//! Jobs made of every kind of function: no job costs anything while metrics are off.

use std::{
    future::{Future, pending},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, Waker},
    time::SystemTime,
};

use async_recursion::async_recursion;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use osapi_metrics::{Metrics, instrumented_job};
use osapi_metrics_tests::reading::{Reading, install};

use super::off;
use crate::take_turn;

/// The number of evaluations of expressions of jobs.
static EVALUATED: AtomicU32 = AtomicU32::new(0);

fn evaluated<T>(value: T) -> T {
    EVALUATED.fetch_add(1, Ordering::Relaxed);
    value
}

/// Each function twice: bare, and as a job with an expression of every kind.
macro_rules! functions {
    ($module:ident: $(#[$job:meta])*) => {
        mod $module {
            use super::*;

            $(#[$job])*
            pub(super) fn sync(text: &str) -> Result<String, String> {
                Ok(text.parse::<u8>().map_err(|error| error.to_string())?.to_string())
            }

            $(#[$job])*
            pub(super) async fn asynchronous(text: &str) -> Result<String, String> {
                wait().await;
                if text.is_empty() {
                    pending::<()>().await;
                }
                let text = text.to_owned();
                wait().await;
                sync(&text)
            }

            $(#[$job])*
            pub(super) fn generic<T: Into<String>>(text: T) -> Result<String, String> {
                Ok(text.into())
            }

            $(#[$job])*
            #[async_recursion]
            pub(super) async fn recursive(depth: u8) -> Result<String, String> {
                wait().await;
                if depth == 0 { Ok(String::new()) } else { recursive(depth - 1).await }
            }

            $(#[$job])*
            pub(super) fn block(text: &str) -> impl Future<Output = Result<String, String>> {
                async move { asynchronous_elsewhere(text).await }
            }

            $(#[$job])*
            pub(super) fn boxed(text: &str) -> BoxFuture<'_, Result<String, String>> {
                Box::pin(async move { asynchronous_elsewhere(text).await })
            }

            $(#[$job])*
            pub(super) fn made(text: &str) -> BoxFuture<'_, Result<String, String>> {
                let future = asynchronous_elsewhere(text);
                Box::pin(future)
            }

            $(#[$job])*
            pub(super) fn delegated(text: &str) -> impl Future<Output = Result<String, String>> {
                asynchronous_elsewhere(text)
            }

            #[async_recursion]
            $(#[$job])*
            pub(super) async fn recursive_below(depth: u8) -> Result<String, String> {
                wait().await;
                if depth == 0 { Ok(String::new()) } else { recursive_below(depth - 1).await }
            }

            #[async_trait]
            pub(super) trait Boxed {
                async fn boxed(&self) -> Result<String, String>;

                $(#[$job])*
                async fn provided(&self) -> Result<String, String> {
                    self.boxed().await
                }
            }

            #[async_trait]
            impl Boxed for Worker {
                $(#[$job])*
                async fn boxed(&self) -> Result<String, String> {
                    wait().await;
                    Err(self.0.clone())
                }
            }

            $(#[$job])*
            pub(super) fn panicking(text: &str) -> Result<String, String> {
                resume_unwind(Box::new(text.to_owned()));
            }

            pub(super) struct Worker(pub(super) String);

            impl Worker {
                $(#[$job])*
                pub(super) fn method(&mut self) -> Result<String, String> {
                    self.0.push('a');
                    Err(self.0.clone())
                }

                $(#[$job])*
                pub(super) async fn async_method(self: Arc<Self>) -> Result<String, String> {
                    wait().await;
                    Ok(self.0.clone())
                }
            }

            pub(super) trait Work {
                async fn work(&self) -> Result<String, String>;
            }

            impl Work for Worker {
                $(#[$job])*
                async fn work(&self) -> Result<String, String> {
                    wait().await;
                    Err(self.0.clone())
                }
            }
        }
    };
}
functions!(bare:);
functions! {
    jobs:
    #[instrumented_job(
        name = "disabled.functions",
        queued_at = evaluated(SystemTime::now()),
        output_size = |output: &String| evaluated(output.len()),
        error_type = |_: &String| evaluated("mine"),
    )]
}

async fn asynchronous_elsewhere(text: &str) -> Result<String, String> {
    wait().await;
    Ok(text.to_owned())
}

async fn wait() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Polls a future at most this number of times, and drops a future that is not ready then.
fn run<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

macro_rules! use_all {
    ($functions:ident) => {{
        use $functions::*;
        assert_eq!(sync("7"), Ok("7".to_owned()));
        assert!(sync("seven").is_err());
        assert_eq!(generic("text"), Ok("text".to_owned()));
        assert!(catch_unwind(|| panicking("as asked")).is_err());
        assert_eq!(run(9, asynchronous("7")), Some(Ok("7".to_owned())));
        for polls in 0..4 {
            assert_eq!(run(polls, asynchronous("")), None);
        }
        for polls in 0..4 {
            run(polls, block("text"));
            run(polls, $functions::boxed("text"));
            run(polls, made("text"));
            run(polls, delegated("text"));
        }
        assert!(run(9, recursive(3)).is_some());
        assert!(run(9, recursive_below(3)).is_some());
        let mut worker = Worker(String::new());
        worker.method().unwrap_err();
        assert!(run(9, worker.work()).is_some());
        assert!(run(9, worker.provided()).is_some());
        assert!(run(9, Arc::new(worker).async_method()).is_some());
    }};
}

#[test]
fn no_kind_of_function_allocates_or_evaluates_while_metrics_are_off() {
    let _turn = take_turn();
    let off = off();
    // The first panic of a thread allocates.
    use_all!(bare);
    let bare = allocation_counter::measure(|| use_all!(bare));
    let jobs = allocation_counter::measure(|| use_all!(jobs));
    assert_eq!(jobs.count_total, bare.count_total);
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 0);
    drop(off);

    let on = install();
    assert_eq!(started(&on), Some(0.0), "nothing was remembered");
    use_all!(jobs);
    assert_eq!(started(&on), Some(34.0));
    assert!(EVALUATED.load(Ordering::Relaxed) >= 34);
}

fn started(metrics: &Metrics) -> Option<f64> {
    let labels = [("job_name", "disabled.functions")];
    Reading::of(metrics).number("osapi_jobs_started_total", &labels)
}

#[instrumented_job(name = "disabled.begun")]
async fn begun_while_off(end: bool) -> Result<(), String> {
    wait().await;
    if !end {
        pending::<()>().await;
    }
    Err("never classified".to_owned())
}

#[test]
fn a_job_that_began_while_metrics_were_off_is_none_when_they_are_on() {
    let _turn = take_turn();
    let off = off();
    let mut context = Context::from_waker(Waker::noop());
    let mut futures = [true, false].map(|end| Box::pin(begun_while_off(end)));
    for future in &mut futures {
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    drop(off);
    let on = install();
    let [mut ends, dropped] = futures;
    assert!(ends.as_mut().poll(&mut context).is_ready());
    drop(dropped);
    let unused = Box::pin(begun_while_off(true));
    let again = catch_unwind(AssertUnwindSafe(|| ends.as_mut().poll(&mut context).is_ready()));
    assert!(again.is_err());
    drop((ends, unused));
    let reading = Reading::of(&on);
    let name = ("job_name", "disabled.begun");
    assert_eq!(reading.number("osapi_jobs_started_total", &[name]), Some(0.0));
    assert_eq!(reading.number("osapi_jobs_active", &[name]), Some(0.0));
    for status in ["completed", "failed", "timed_out", "cancelled", "panicked"] {
        let labels = [name, ("status", status)];
        assert_eq!(reading.number("osapi_jobs_completed_total", &labels), Some(0.0), "{status}");
    }
}
