//! The sets in which a circuit breaker records.

use std::{
    iter,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{CallOutcome, CircuitBreakerRoles, Transition, machine::Machine};
use crate::roles::Observations;

/// The roles of one set, and those of the sets that were added after it.
#[derive(Debug)]
pub(super) struct Recorder {
    roles: CircuitBreakerRoles,
    needs_duration: bool,
    _observations: Observations,
    /// Sets are only ever added, so that calls read the list without a lock.
    next: OnceLock<Box<Recorder>>,
}

impl Recorder {
    /// Begins to observe the state, and lets the counters begin at 0.
    pub(super) fn new(roles: CircuitBreakerRoles, machine: &Arc<Machine>) -> Self {
        let machine = Arc::clone(machine);
        let observations = roles.state.observe(move |observer| {
            observer.observe(&(), u8::from(machine.state()).into());
        });
        for outcome in CallOutcome::ALL {
            roles.calls.add(&outcome, 0);
        }
        for transition in Transition::ALL {
            roles.transitions.add(&transition, 0);
        }
        roles.slow_calls.add(&(), 0);
        roles.rejections.add(&(), 0);
        let needs_duration = !(roles.duration.is_unused() && roles.slow_calls.is_unused());
        Self { roles, needs_duration, _observations: observations, next: OnceLock::new() }
    }

    pub(super) fn append(&self, recorder: Self) {
        let (mut last, mut new) = (self, Box::new(recorder));
        loop {
            match last.next.get() {
                Some(next) => last = next,
                None => match last.next.set(new) {
                    Ok(()) => return,
                    Err(rejected) => new = rejected,
                },
            }
        }
    }

    /// Whether a set records how long calls take.
    pub(super) fn needs_duration(&self) -> bool {
        self.all().any(|recorder| recorder.needs_duration)
    }

    pub(super) fn rejected(&self) {
        self.all().for_each(|recorder| recorder.roles.rejections.inc(&()));
    }

    pub(super) fn changed(&self, transition: Transition) {
        self.all().for_each(|recorder| recorder.roles.transitions.inc(&transition));
    }

    pub(super) fn ended(&self, outcome: CallOutcome, duration: Option<Duration>, slow: Duration) {
        for recorder in self.all() {
            recorder.roles.calls.inc(&outcome);
            if let Some(duration) = duration {
                recorder.roles.duration.record_duration(&outcome, duration);
                if duration >= slow {
                    recorder.roles.slow_calls.inc(&());
                }
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Self> {
        iter::successors(Some(self), |recorder| recorder.next.get().map(Box::as_ref))
    }
}
