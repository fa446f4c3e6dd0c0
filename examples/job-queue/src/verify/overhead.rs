//! The processor time that metrics cost, from pairs of rounds.

use std::time::Duration;

use super::quartiles::Quartiles;

/// The same jobs run by two processes in turns, within one window of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Round {
    /// The jobs that each process has run.
    pub(super) jobs: u64,
    /// The processor time of the process with metrics, its scrapes and exports of the whole window
    /// included.
    pub(super) with: Duration,
    /// The processor time of the process without.
    pub(super) without: Duration,
}

/// The overhead of some rounds, in percent of the processor time without metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Overhead {
    /// Of the rounds.
    pub(super) rounds: Quartiles,
    /// Of the sums over all rounds.
    pub(super) total: f64,
    /// The processor time of a job without metrics.
    pub(super) per_job: Duration,
    /// The number of rounds.
    pub(super) count: usize,
    /// The jobs of each process.
    pub(super) jobs: u64,
}

impl Overhead {
    /// `None` if there is no round, or no round has used processor time without metrics.
    pub(super) fn of(rounds: &[Round]) -> Option<Self> {
        let usable = rounds.iter().filter(|round| !round.without.is_zero());
        let usable: Vec<_> = usable.copied().collect();
        let percents = usable.iter().map(|round| percent(round.with, round.without));
        let sum = |of: fn(&Round) -> Duration| usable.iter().map(of).sum::<Duration>();
        let (with, without) = (sum(|round| round.with), sum(|round| round.without));
        let jobs: u64 = usable.iter().map(|round| round.jobs).sum();
        Some(Self {
            rounds: Quartiles::of(percents)?,
            total: percent(with, without),
            per_job: without.div_f64(jobs.max(1) as f64),
            count: usable.len(),
            jobs,
        })
    }
}

fn percent(with: Duration, without: Duration) -> f64 {
    100.0 * (with.as_secs_f64() / without.as_secs_f64() - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(with: u64, without: u64) -> Round {
        let millis = Duration::from_millis;
        Round { jobs: 10, with: millis(with), without: millis(without) }
    }

    #[test]
    fn the_median_of_the_rounds_decides_and_not_a_wild_one() {
        assert_eq!(Overhead::of(&[]), None);
        assert_eq!(Overhead::of(&[round(10, 0)]), None);
        let rounds = [round(1_020, 1_000), round(1_010, 1_000), round(3_000, 1_000), round(1, 0)];
        let overhead = Overhead::of(&rounds).unwrap();
        assert!((overhead.rounds.median - 2.0).abs() < 1e-9, "{overhead:?}");
        assert!((overhead.total - 67.666_666).abs() < 1e-3, "{overhead:?}");
        assert_eq!((overhead.count, overhead.jobs), (3, 30));
        assert_eq!(overhead.per_job, Duration::from_millis(100));
    }

    #[test]
    fn a_process_with_metrics_can_be_faster() {
        let overhead = Overhead::of(&[round(990, 1_000)]).unwrap();
        assert!((overhead.rounds.median + 1.0).abs() < 1e-9, "{overhead:?}");
    }
}
