//! The least that other libraries have to do: two clock reads, and a call without metrics.

use std::{hint::black_box, time::Instant};

use super::workload::work;
use crate::recording::{case::Case, contender::Contender};

/// Two clock reads, and a job without metrics.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::ClockPair => {
            let quanta = quanta::Clock::new();
            vec![
                Contender::baseline("std::time::Instant", |_| {
                    let started = Instant::now();
                    black_box(started.elapsed());
                }),
                Contender::baseline("quanta", move |_| {
                    let started = quanta.now();
                    black_box(quanta.now().saturating_duration_since(started));
                }),
            ]
        }
        Case::JobBare => vec![
            Contender::baseline("empty loop", |_| {}),
            Contender::baseline("bare call", |number| {
                bare(number);
            }),
        ],
        _ => Vec::new(),
    }
}

#[inline(never)]
fn bare(input: usize) -> usize {
    work(input)
}
