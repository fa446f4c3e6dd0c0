//! Handlers that are dropped at each of their awaits.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use osapi_metrics::{ErrorType, instrumented_job};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    Ends, active, ends,
    steps::{Driven, completes_after, drop_at_every_await, panic_with, wait},
};

/// A value that is held across awaits: the drop of a future drops its values.
type Held = Arc<()>;

#[instrumented_job(name = "every_await.none")]
async fn without_awaits(held: Held) -> usize {
    Arc::strong_count(&held)
}

#[instrumented_job(name = "every_await.loop")]
async fn in_a_loop(held: &Held, rounds: usize) -> Vec<usize> {
    let mut seen = Vec::new();
    for round in 0..rounds {
        let _also_held = Arc::clone(held);
        wait(1).await;
        seen.push(round);
        wait(1).await;
    }
    seen
}

#[instrumented_job(name = "every_await.nested")]
async fn in_nested_blocks(held: Held) -> u32 {
    let one = async {
        wait(1).await;
        let inner = async {
            let _also_held = Arc::clone(&held);
            wait(2).await;
            1
        };
        inner.await
    };
    let closure = async |value: u32| {
        wait(1).await;
        value + u32::try_from(Arc::strong_count(&held)).unwrap()
    };
    let one = one.await;
    closure(one).await
}

#[instrumented_job(name = "every_await.select")]
async fn in_select(held: Held) -> &'static str {
    let won = tokio::select! {
        biased;
        () = wait_holding(3, Arc::clone(&held)) => "slow",
        () = wait_holding(2, Arc::clone(&held)) => "fast",
    };
    // The branch that lost is dropped.
    assert_eq!(Arc::strong_count(&held), 2);
    wait(1).await;
    won
}

#[instrumented_job(name = "every_await.join")]
async fn in_join(held: Held) -> (u32, Result<u32, fmt::Error>) {
    let several = tokio::join!(
        async {
            wait_holding(1, Arc::clone(&held)).await;
            1
        },
        async {
            wait_holding(4, Arc::clone(&held)).await;
            Err(fmt::Error)
        },
    );
    futures_util::future::join_all((1..=3).map(|times| wait_holding(times, held.clone()))).await;
    several
}

#[instrumented_job(name = "every_await.boxed")]
async fn in_boxed_futures(held: Held) -> usize {
    let futures: Vec<Pin<Box<dyn Future<Output = usize> + Send>>> = vec![
        Box::pin(async {
            wait_holding(1, Arc::clone(&held)).await;
            1
        }),
        Box::pin(wait_and_return(2, held.clone())),
    ];
    let mut sum = 0;
    for future in futures {
        sum += future.await;
    }
    sum
}

async fn wait_holding(times: usize, _held: Held) {
    wait(times).await;
}

async fn wait_and_return(times: usize, held: Held) -> usize {
    wait_holding(times, held).await;
    times
}

#[test]
fn a_future_that_is_dropped_at_any_await_has_one_end() {
    let held = Held::default();
    let share = || Arc::clone(&held);
    assert_eq!(completes_after(0, "every_await.none", || without_awaits(share())), 2);
    assert_eq!(completes_after(6, "every_await.loop", || in_a_loop(&held, 3)), [0, 1, 2]);
    assert_eq!(completes_after(4, "every_await.nested", || in_nested_blocks(share())), 3);
    assert_eq!(completes_after(3, "every_await.select", || in_select(share())), "fast");
    let joined = completes_after(7, "every_await.join", || in_join(share()));
    assert_eq!(joined, (1, Err(fmt::Error)));
    assert_eq!(completes_after(3, "every_await.boxed", || in_boxed_futures(share())), 3);
    assert_eq!(Arc::strong_count(&held), 1, "whatever was held is free");
}

#[derive(Clone, Copy, Debug, PartialEq, ErrorType)]
enum Refusal {
    Early,
    #[error_type(timeout)]
    Late,
}

macro_rules! refused {
    ($function:ident, $name:literal) => {
        #[instrumented_job(name = $name)]
        async fn $function(answer: Result<u8, Refusal>) -> Result<u8, Refusal> {
            wait(1).await;
            let answer = answer?;
            wait(2).await;
            if answer == 0 {
                panic_with("no answer");
            }
            Ok(answer)
        }
    };
}

refused!(refused_early, "every_await.failed");
refused!(refused_late, "every_await.timed_out");
refused!(answered, "every_await.completed");
refused!(not_answered, "every_await.panicked");

#[test]
fn whatever_the_last_poll_brings_is_the_end() {
    let Driven { awaits, end } =
        drop_at_every_await("every_await.failed", || refused_early(Err(Refusal::Early)));
    assert_eq!((awaits, end.unwrap()), (1, Err(Refusal::Early)));
    let expected = Ends { failed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("every_await.failed"), expected);

    let Driven { awaits, end } =
        drop_at_every_await("every_await.timed_out", || refused_late(Err(Refusal::Late)));
    assert_eq!((awaits, end.unwrap()), (1, Err(Refusal::Late)));
    let expected = Ends { timed_out: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("every_await.timed_out"), expected);

    assert_eq!(completes_after(3, "every_await.completed", || answered(Ok(1))), Ok(1));

    let Driven { awaits, end } =
        drop_at_every_await("every_await.panicked", || not_answered(Ok(0)));
    assert_eq!((awaits, end.unwrap_err().downcast_ref()), (3, Some(&"no answer")));
    let expected = Ends { panicked: 1, cancelled: 3, ..Ends::default() };
    assert_eq!(ends("every_await.panicked"), expected);
}

/// Runs a job one step for each message, and reports when the job waits for the next message.
struct Gate {
    steps: UnboundedReceiver<()>,
    waits: UnboundedSender<u32>,
}

impl Gate {
    async fn pass(&mut self, step: u32) {
        self.waits.send(step).unwrap();
        self.steps.recv().await.unwrap();
    }
}

const STEPS: u32 = 4;

#[instrumented_job(name = "every_await.task")]
async fn step_by_step(mut gate: Gate) -> Result<u32, fmt::Error> {
    for step in 0..STEPS / 2 {
        gate.pass(step).await;
    }
    let nested = async {
        for step in STEPS / 2..STEPS {
            gate.pass(step).await;
        }
        Ok(STEPS)
    };
    nested.await
}

#[test]
fn a_task_that_is_aborted_at_any_await_has_one_end() {
    let flavours = [
        tokio::runtime::Builder::new_current_thread().build().unwrap(),
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap(),
    ];
    let mut expected = Ends::default();
    for runtime in flavours {
        for stop_at in 0..STEPS {
            runtime.block_on(async {
                let (open, steps) = unbounded_channel();
                let (waits, mut waiting) = unbounded_channel();
                let task = tokio::spawn(step_by_step(Gate { steps, waits }));
                for step in 0..stop_at {
                    assert_eq!(waiting.recv().await, Some(step));
                    open.send(()).unwrap();
                }
                assert_eq!(waiting.recv().await, Some(stop_at));
                assert_eq!(active("every_await.task"), Some(1.0));
                task.abort();
                assert!(task.await.unwrap_err().is_cancelled());
            });
            expected.cancelled += 1;
            assert_eq!(ends("every_await.task"), expected);
        }
        runtime.block_on(async {
            let (open, steps) = unbounded_channel();
            let (waits, mut waiting) = unbounded_channel();
            let task = tokio::spawn(step_by_step(Gate { steps, waits }));
            for step in 0..STEPS {
                assert_eq!(waiting.recv().await, Some(step));
                open.send(()).unwrap();
            }
            assert_eq!(task.await.unwrap(), Ok(STEPS));
        });
        expected.completed += 1;
        assert_eq!(ends("every_await.task"), expected);
    }
}
