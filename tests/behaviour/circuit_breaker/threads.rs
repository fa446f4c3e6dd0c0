//! Many threads call at once.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use osapi_metrics::instrumentation::circuit_breaker::{
    BreakerState::{HalfOpen, Open},
    CircuitBreaker,
};

use super::{fail, options, times};
use crate::read;

const THREADS: u32 = 8;
const CALLS: u32 = 5000;
const PROBES: u32 = 3;

/// Runs the closure on all threads at once, with the number of the thread.
fn on_all_threads(run: impl Fn(u32) + Sync) {
    let begin = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (begin, run) = (&begin, &run);
            scope.spawn(move || {
                begin.wait();
                run(thread);
            });
        }
    });
}

/// A breaker that is half-open at once when it opens.
fn half_open(name: &'static str, success_threshold: u32) -> CircuitBreaker {
    let options = options()
        .with_open_for(Duration::ZERO)
        .with_probes(times(PROBES))
        .with_success_threshold(times(success_threshold));
    let breaker = CircuitBreaker::new(name, options);
    fail(&breaker, 3);
    assert_eq!(breaker.state(), HalfOpen);
    breaker
}

/// Whether as many calls are let through as a half-open breaker without calls lets through.
fn has_all_places(breaker: &CircuitBreaker) -> bool {
    let calls: Vec<_> = (0..PROBES).map_while(|_| breaker.try_begin().ok()).collect();
    calls.len() == PROBES as usize && breaker.try_begin().is_err()
}

#[test]
fn no_more_than_the_probes_run_at_a_time() {
    let breaker = half_open("threads: probes", u32::MAX);
    let (running, most) = (AtomicU32::new(0), AtomicU32::new(0));
    on_all_threads(|thread| {
        for call in 0..CALLS {
            let Ok(probe) = breaker.try_begin() else {
                thread::yield_now();
                continue;
            };
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            if (thread + call) % 3 == 0 { drop(probe) } else { probe.success() }
        }
    });
    // The threads are more than the places, and yield while they have one.
    assert_eq!(most.load(Ordering::SeqCst), PROBES);
    assert!(has_all_places(&breaker));
}

#[test]
fn no_place_is_lost_or_gained_while_states_change() {
    let breaker = half_open("threads: changes", 4);
    on_all_threads(|thread| {
        for call in 0..CALLS {
            let Ok(probe) = breaker.try_begin() else { continue };
            if call % 16 == 0 {
                thread::yield_now();
            }
            match (thread + call) % 7 {
                0 => drop(probe),
                1..4 => probe.failure(),
                _ => probe.success(),
            }
        }
    });
    while breaker.state() != HalfOpen {
        fail(&breaker, 1);
    }
    assert!(has_all_places(&breaker));
}

#[test]
fn failures_at_once_open_it_once() {
    let breaker = CircuitBreaker::new("threads: once", options());
    on_all_threads(|_| {
        for _ in 0..CALLS {
            if let Ok(call) = breaker.try_begin() {
                call.failure();
            }
        }
    });
    assert_eq!(breaker.state(), Open);
    let reading = read();
    let number = |metric: &str, label: Option<(&str, &str)>| {
        let labels: Vec<_> = label.into_iter().chain([("breaker", "threads: once")]).collect();
        reading.number(&format!("osapi_circuit_breaker_{metric}"), &labels)
    };
    assert_eq!(number("transitions_total", Some(("to", "open"))), Some(1.0));
    let failed = number("calls_total", Some(("outcome", "failed")));
    let ended =
        failed.zip(number("rejections_total", None)).map(|(failed, rejected)| failed + rejected);
    assert_eq!(ended, Some(f64::from(THREADS * CALLS)));
}
