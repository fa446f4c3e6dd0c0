use std::{hint::black_box, time::Instant};

use super::{Case, Contender, work};

/// Two clock reads, and a job without any metrics.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::ClockPair => {
            let quanta = quanta::Clock::new();
            vec![
                Contender::floor(STD, |_| {
                    let started = Instant::now();
                    black_box(started.elapsed());
                }),
                Contender::floor("quanta", move |_| {
                    let started = quanta.now();
                    black_box(quanta.now().saturating_duration_since(started));
                }),
            ]
        }
        Case::JobBare => vec![
            Contender::floor("empty loop", |_| {}),
            Contender::floor(BARE, |number| {
                bare(number);
            }),
        ],
        _ => Vec::new(),
    }
}

pub(crate) const STD: &str = "std::time::Instant";
pub(crate) const BARE: &str = "bare call";

#[inline(never)]
fn bare(input: usize) -> usize {
    work(input)
}
