//! The state machine.
//!
//! ```text
//! begin ──► generation of the call ──► end(generation, outcome) ──► transition
//! ```
//!
//! Each state that the machine enters is a generation of its own. A result counts only in the
//! generation in which its call began.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{BreakerOpen, BreakerState, CallOutcome, CircuitBreakerOptions, Transition};

/// The state of a circuit breaker, and the rules by which it changes.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) options: CircuitBreakerOptions,
    current: Mutex<Current>,
    /// What calls of a closed breaker need to know of `current`, so that they take no lock. It is
    /// written with the lock held; a call that reads it takes place at that moment.
    summary: AtomicU64,
}

#[derive(Debug)]
struct Current {
    generation: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { failures: u32 },
    Open { since: Instant },
    HalfOpen { running: u32, successes: u32 },
}

/// A call that is let through.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) generation: u64,
    pub(super) transition: Option<Transition>,
}

/// A generation, and two bits of its phase.
#[derive(Clone, Copy)]
struct Summary(u64);

impl Summary {
    const CLOSED: u64 = 1;
    const NO_FAILURES: u64 = 2;
    const BITS: u32 = 2;

    fn of(current: &Current) -> Self {
        let phase = match current.phase {
            Phase::Closed { failures: 0 } => Self::CLOSED | Self::NO_FAILURES,
            Phase::Closed { .. } => Self::CLOSED,
            Phase::Open { .. } | Phase::HalfOpen { .. } => 0,
        };
        Self(current.generation << Self::BITS | phase)
    }

    fn generation(self) -> u64 {
        self.0 >> Self::BITS
    }

    fn is_closed(self) -> bool {
        self.0 & Self::CLOSED != 0
    }

    fn has_failures(self) -> bool {
        self.0 & Self::NO_FAILURES == 0
    }
}

impl Machine {
    pub(super) fn new(options: CircuitBreakerOptions) -> Self {
        let current = Current { generation: 0, phase: Phase::Closed { failures: 0 } };
        let summary = AtomicU64::new(Summary::of(&current).0);
        Self { options, current: Mutex::new(current), summary }
    }

    pub(super) fn state(&self) -> BreakerState {
        if self.summary().is_closed() {
            return BreakerState::Closed;
        }
        match self.lock().phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { since } if self.remaining(since).is_some() => BreakerState::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    pub(super) fn begin(&self) -> Result<Admission, BreakerOpen> {
        let summary = self.summary();
        if summary.is_closed() {
            return Ok(Admission { generation: summary.generation(), transition: None });
        }
        let mut current = self.lock();
        let transition = match &mut current.phase {
            Phase::Closed { .. } => None,
            Phase::Open { since } => {
                if let Some(remaining) = self.remaining(*since) {
                    return Err(BreakerOpen { retry_after: Some(remaining) });
                }
                self.enter(&mut current, Phase::HalfOpen { running: 1, successes: 0 });
                Some(Transition::PROBES)
            }
            Phase::HalfOpen { running, .. } => {
                if *running >= self.options.probes.get() {
                    return Err(BreakerOpen { retry_after: None });
                }
                *running += 1;
                None
            }
        };
        Ok(Admission { generation: current.generation, transition })
    }

    pub(super) fn end(&self, generation: u64, outcome: CallOutcome) -> Option<Transition> {
        let summary = self.summary();
        let changes_nothing = match outcome {
            CallOutcome::Failed => false,
            CallOutcome::Succeeded => summary.is_closed() && !summary.has_failures(),
            CallOutcome::Cancelled => summary.is_closed(),
        };
        if summary.generation() != generation || changes_nothing {
            return None;
        }
        let mut current = self.lock();
        if current.generation != generation {
            return None;
        }
        let (phase, transition) = self.after(current.phase, outcome);
        if transition.is_some() {
            self.enter(&mut current, phase);
        } else {
            current.phase = phase;
            self.summarize(&current);
        }
        transition
    }

    /// The phase after the end of a call that began in `phase`.
    fn after(&self, phase: Phase, outcome: CallOutcome) -> (Phase, Option<Transition>) {
        match (phase, outcome) {
            (Phase::Closed { .. }, CallOutcome::Succeeded) => (Phase::Closed { failures: 0 }, None),
            (Phase::Closed { failures }, CallOutcome::Failed) => {
                if failures + 1 >= self.options.failure_threshold.get() {
                    (Phase::Open { since: Instant::now() }, Some(Transition::OPENS))
                } else {
                    (Phase::Closed { failures: failures + 1 }, None)
                }
            }
            (Phase::HalfOpen { running, successes }, CallOutcome::Succeeded) => {
                if successes + 1 >= self.options.success_threshold.get() {
                    (Phase::Closed { failures: 0 }, Some(Transition::CLOSES))
                } else {
                    (Phase::HalfOpen { running: running - 1, successes: successes + 1 }, None)
                }
            }
            (Phase::HalfOpen { .. }, CallOutcome::Failed) => {
                (Phase::Open { since: Instant::now() }, Some(Transition::REOPENS))
            }
            (Phase::HalfOpen { running, successes }, CallOutcome::Cancelled) => {
                (Phase::HalfOpen { running: running - 1, successes }, None)
            }
            // No call begins in an open generation.
            (Phase::Closed { .. }, CallOutcome::Cancelled) | (Phase::Open { .. }, _) => {
                (phase, None)
            }
        }
    }

    /// Begins a generation.
    fn enter(&self, current: &mut Current, phase: Phase) {
        *current = Current { generation: current.generation + 1, phase };
        self.summarize(current);
    }

    fn summarize(&self, current: &Current) {
        self.summary.store(Summary::of(current).0, Ordering::Release);
    }

    fn summary(&self) -> Summary {
        Summary(self.summary.load(Ordering::Acquire))
    }

    /// The time for which a breaker that is open since then stays open.
    fn remaining(&self, since: Instant) -> Option<Duration> {
        let remaining = self.options.open_for.checked_sub(since.elapsed())?;
        (!remaining.is_zero()).then_some(remaining)
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
