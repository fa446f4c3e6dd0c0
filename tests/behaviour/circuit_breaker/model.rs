//! Random calls, results and times: the breaker does what a model does that remembers everything.

use std::time::Duration;

use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerCall, BreakerState, CircuitBreaker, CircuitBreakerOptions,
};
use proptest::prelude::*;
use tokio::{runtime::Builder, time::advance};

use super::times;

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    /// Ends one of the calls that have not ended.
    End(usize, End),
    Pass(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Success,
    Failure,
    Cancelled,
}

/// All that has happened in each state so far.
struct Model {
    options: CircuitBreakerOptions,
    now: Duration,
    /// The states that were entered, each with its time and the ends of its calls.
    visits: Vec<(BreakerState, Duration, Vec<End>)>,
    /// The visits in which the calls began that have not ended.
    running: Vec<usize>,
}

impl Model {
    fn new(options: CircuitBreakerOptions) -> Self {
        let visits = vec![(BreakerState::Closed, Duration::ZERO, Vec::new())];
        Self { options, now: Duration::ZERO, visits, running: Vec::new() }
    }

    fn state(&self) -> BreakerState {
        let (state, since, _) = self.visits.last().unwrap();
        match state {
            BreakerState::Open if self.now.saturating_sub(*since) >= self.options.open_for => {
                BreakerState::HalfOpen
            }
            state => *state,
        }
    }

    fn enter(&mut self, state: BreakerState) {
        self.visits.push((state, self.now, Vec::new()));
    }

    fn begin(&mut self) -> bool {
        let state = self.state();
        if state != self.visits.last().unwrap().0 {
            self.enter(state);
        }
        let visit = self.visits.len() - 1;
        let here = self.running.iter().filter(|begun| **begun == visit).count();
        let is_let_through = match state {
            BreakerState::Closed => true,
            BreakerState::HalfOpen => here < self.options.probes.get() as usize,
            BreakerState::Open => false,
        };
        if is_let_through {
            self.running.push(visit);
        }
        is_let_through
    }

    fn end(&mut self, call: usize, end: End) {
        let visit = self.running.remove(call);
        if visit != self.visits.len() - 1 {
            return;
        }
        let (state, _, ends) = self.visits.last_mut().unwrap();
        ends.push(end);
        let results = || ends.iter().filter(|end| **end != End::Cancelled);
        let failures = results().rev().take_while(|end| **end == End::Failure).count();
        let successes = results().filter(|end| **end == End::Success).count();
        match state {
            BreakerState::Closed if failures == self.options.failure_threshold.get() as usize => {
                self.enter(BreakerState::Open);
            }
            BreakerState::HalfOpen if failures > 0 => self.enter(BreakerState::Open),
            BreakerState::HalfOpen
                if successes == self.options.success_threshold.get() as usize =>
            {
                self.enter(BreakerState::Closed);
            }
            _ => {}
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let end =
        prop_oneof![3 => Just(End::Success), 4 => Just(End::Failure), 1 => Just(End::Cancelled)];
    prop_oneof![
        5 => Just(Step::Begin),
        5 => (0..8_usize, end).prop_map(|(call, end)| Step::End(call, end)),
        1 => (0..30_u64).prop_map(|time| Step::Pass(Duration::from_millis(time))),
    ]
}

fn options() -> impl Strategy<Value = CircuitBreakerOptions> {
    (1..4_u32, 0..50_u64, 1..4_u32, 1..4_u32).prop_map(|(failures, open_for, probes, successes)| {
        CircuitBreakerOptions::default()
            .with_failure_threshold(times(failures))
            .with_open_for(Duration::from_millis(open_for))
            .with_probes(times(probes))
            .with_success_threshold(times(successes))
    })
}

fn apply(call: BreakerCall, end: End) {
    match end {
        End::Success => call.success(),
        End::Failure => call.failure(),
        End::Cancelled => drop(call),
    }
}

proptest! {
    #[test]
    fn it_does_what_the_model_does(
        options in options(),
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build()?;
        runtime.block_on(async {
            let breaker = CircuitBreaker::new("model", options.clone());
            let mut model = Model::new(options);
            let mut calls = Vec::new();
            for step in steps {
                match step {
                    Step::Begin => {
                        let call = breaker.try_begin();
                        prop_assert_eq!(call.is_ok(), model.begin());
                        calls.extend(call);
                    }
                    Step::End(call, end) if call < calls.len() => {
                        apply(calls.remove(call), end);
                        model.end(call, end);
                    }
                    Step::End(..) => {}
                    Step::Pass(time) => {
                        advance(time).await;
                        model.now += time;
                    }
                }
                prop_assert_eq!(breaker.state(), model.state());
            }
            Ok(())
        })?;
    }
}
