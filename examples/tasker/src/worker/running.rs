//! The steps that a worker runs: their leases go on, and those of cancelled tasks end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Context;
use crate::{resilience::Use, store};

/// How often it is looked whether a task was cancelled, at least.
const LOOK: Duration = Duration::from_secs(1);

/// The steps that a worker runs now.
#[derive(Clone, Debug, Default)]
pub(super) struct RunningSteps(Arc<Mutex<HashMap<i64, RunningStep>>>);

#[derive(Debug)]
struct RunningStep {
    message: i64,
    cancelled: CancellationToken,
    /// When the message was made invisible to others last.
    extended: Instant,
}

/// A step that runs until this is dropped.
#[derive(Debug)]
pub(super) struct StepEntry {
    steps: RunningSteps,
    step: i64,
    pub(super) cancelled: CancellationToken,
}

impl RunningSteps {
    pub(super) fn enter(&self, step: i64, message: i64) -> StepEntry {
        let cancelled = CancellationToken::new();
        let running =
            RunningStep { message, cancelled: cancelled.clone(), extended: Instant::now() };
        self.lock().insert(step, running);
        StepEntry { steps: self.clone(), step, cancelled }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, RunningStep>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn steps(&self) -> Vec<i64> {
        self.lock().keys().copied().collect()
    }

    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    fn cancel(&self, step: i64) {
        if let Some(step) = self.lock().get(&step) {
            step.cancelled.cancel();
        }
    }

    /// The messages that were made invisible longer ago than `age`.
    fn to_extend(&self, age: Duration) -> Vec<i64> {
        let mut steps = self.lock();
        let old = steps.values_mut().filter(|step| step.extended.elapsed() >= age);
        old.map(|step| {
            step.extended = Instant::now();
            step.message
        })
        .collect()
    }
}

impl Drop for StepEntry {
    fn drop(&mut self) {
        self.steps.lock().remove(&self.step);
    }
}

/// Extends the leases and messages of the steps that run, until the worker has stopped.
pub(super) async fn keep(context: Context) {
    let third = context.visibility / 3;
    let mut ticks = interval(third.min(LOOK));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = context.abort.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let steps = context.running.steps();
        if steps.is_empty() {
            continue;
        }
        let extending = store::extend_leases(
            &context.parts.database,
            &steps,
            &context.name,
            context.visibility,
        );
        let breakers = &context.parts.breakers;
        let Ok(cancelled) = breakers.call(Use::KeepSteps, extending).await else { continue };
        for (step, _) in cancelled {
            context.running.cancel(step);
        }
        for message in context.running.to_extend(third) {
            let extending = context.queue.extend(message, context.visibility);
            // The health of the database has the failure.
            let _ = breakers.call(Use::KeepSteps, extending).await;
        }
    }
}
