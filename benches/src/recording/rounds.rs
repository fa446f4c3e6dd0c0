//! Interleaved rounds.

use std::time::Duration;

use super::contender::{Contender, Miscount};
use crate::{
    figure::{Figure, Measurement, Spread},
    machine,
};

/// How long the contenders of a case are measured.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// How often each contender runs.
    pub(crate) rounds: usize,
    /// The approximate time of one run on one thread.
    pub(crate) run: Duration,
}

/// Measures all contenders of a case, on each number of threads.
///
/// Each round runs every contender once, in rotating order, so that a disturbance of the machine
/// disturbs all contenders.
pub(super) fn measure(
    case: &'static str,
    contenders: &[Contender],
    threads: &[usize],
    plan: Plan,
) -> Result<Vec<Measurement>, Miscount> {
    let each = contenders.iter().map(|contender| contender.calibrate(case, plan.run));
    let each: Vec<usize> = each.collect::<Result<_, _>>()?;
    let mut measurements = Vec::new();
    for &threads in threads {
        let mut costs = vec![Vec::new(); contenders.len()];
        for round in 0..plan.rounds {
            for turn in 0..contenders.len() {
                let which = (round + turn) % contenders.len();
                let wall = contenders[which].run(case, threads, each[which])?;
                costs[which].push(nanoseconds(wall, threads, each[which]));
            }
        }
        for (contender, costs) in contenders.iter().zip(costs) {
            let Spread { min, median } = Spread::of(costs);
            let figure = Figure::Operation { ns_min: min, ns_median: median };
            measurements.push(Measurement::new(case, contender.library, threads, figure));
        }
    }
    Ok(measurements)
}

/// The cost of one operation: the elapsed time, times the cores in use, divided by the operations
/// of all threads. On one thread the cost is the time of one operation. On more threads the cost is
/// equal if the threads do not disturb each other, whether or not each thread has its own core.
fn nanoseconds(wall: Duration, threads: usize, each: usize) -> f64 {
    let cores_in_use = threads.min(machine::cores()) as f64;
    let operations = each as f64 * threads as f64;
    wall.as_secs_f64() * 1e9 * cores_in_use / operations
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;
    use crate::machine;

    #[test]
    fn the_cost_counts_the_cores_that_threads_can_use() {
        let second = std::time::Duration::from_secs(1);
        assert!((nanoseconds(second, 1, 1_000_000) - 1_000.0).abs() < 1e-6);
        // Each thread did as much as one alone would have done in its share of the cores.
        let threads = machine::cores() * 3;
        assert!((nanoseconds(second, threads, 1_000_000) - 1_000.0 / 3.0).abs() < 1e-6);
    }
}
