//! The state machine of a breaker, and the sets that record it.

use std::{
    iter,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    BreakerOpen, CallOutcome, CircuitBreakerOptions, CircuitBreakerRoles, Transition,
    machine::Machine,
};
use crate::roles::Observations;

/// What the clones of a breaker and its calls share.
#[derive(Debug)]
pub(super) struct ObservedMachine {
    /// The observations of the recorders own it as well, and end with this value.
    pub(super) machine: Arc<Machine>,
    first: Recorder,
}

/// The roles of one set, and the set that was added after it.
#[derive(Debug)]
struct Recorder {
    roles: CircuitBreakerRoles,
    needs_duration: bool,
    _observations: Observations,
    /// Sets are only ever added, so that calls read the list without a lock.
    next: OnceLock<Box<Recorder>>,
}

impl ObservedMachine {
    pub(super) fn new(options: CircuitBreakerOptions, roles: CircuitBreakerRoles) -> Self {
        let machine = Arc::new(Machine::new(options));
        let first = Recorder::new(roles, &machine);
        Self { machine, first }
    }

    /// Records in another set as well.
    pub(super) fn record(&self, roles: CircuitBreakerRoles) {
        let (mut last, mut new) = (&self.first, Box::new(Recorder::new(roles, &self.machine)));
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

    /// Begins a call and returns its generation.
    pub(super) fn begin(&self) -> Result<u64, BreakerOpen> {
        let begun = self.machine.begin();
        match &begun {
            Ok(admission) => self.changed(admission.transition),
            Err(_) => self.recorders().for_each(|recorder| recorder.roles.rejections.inc(&())),
        }
        begun.map(|admission| admission.generation)
    }

    pub(super) fn end(&self, generation: u64, outcome: CallOutcome, duration: Option<Duration>) {
        let transition = self.machine.end(generation, outcome);
        let is_slow = |duration| duration >= self.machine.options.slow_call;
        for Recorder { roles, .. } in self.recorders() {
            roles.calls.inc(&outcome);
            if let Some(duration) = duration {
                roles.duration.record_duration(&outcome, duration);
            }
            if duration.is_some_and(is_slow) {
                roles.slow_calls.inc(&());
            }
        }
        self.changed(transition);
    }

    /// Whether a set records how long calls take.
    pub(super) fn needs_duration(&self) -> bool {
        self.recorders().any(|recorder| recorder.needs_duration)
    }

    fn changed(&self, transition: Option<Transition>) {
        if let Some(transition) = transition {
            self.recorders().for_each(|recorder| recorder.roles.transitions.inc(&transition));
        }
    }

    fn recorders(&self) -> impl Iterator<Item = &Recorder> {
        iter::successors(Some(&self.first), |recorder| recorder.next.get().map(Box::as_ref))
    }
}

impl Recorder {
    /// Begins to observe the state, and lets the counters begin at 0.
    fn new(roles: CircuitBreakerRoles, machine: &Arc<Machine>) -> Self {
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
}
