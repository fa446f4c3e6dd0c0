//! Interleaved rounds: each round runs every contender once, in rotating order, so that whatever
//! disturbs the machine for a while disturbs all of them.

use std::{
    hint::black_box,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::{
    figure::{Figure, Measurement, Spread},
    machine,
};

/// One way to do what a case asks for.
pub(crate) struct Contender {
    pub(crate) library: &'static str,
    /// Does it this many times.
    run: Box<dyn Fn(usize) + Send + Sync>,
    /// Brings the process into the state that the contender stands for. Not timed.
    prepare: Box<dyn Fn()>,
    evidence: Evidence,
}

/// How many operations arrived where a scrape would find them, in each metric that counts them.
type Recorded = Box<dyn Fn() -> Vec<u64>>;

/// What shows that a contender did its work, and only that.
enum Evidence {
    /// It records nothing, because it is no library.
    None,
    /// Each operation arrives.
    All(Recorded),
    /// No operation arrives, because the library is switched off.
    Nothing(Recorded),
}

/// A contender that does not do what is timed under its name.
#[derive(Debug, thiserror::Error)]
#[error(
    "{case}, {library}: {operations} operations should show as {expected} but went from {before:?} to {after:?}"
)]
pub(crate) struct Miscount {
    case: &'static str,
    library: &'static str,
    operations: u64,
    expected: u64,
    before: Vec<u64>,
    after: Vec<u64>,
}

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// How often each contender runs.
    pub(crate) rounds: usize,
    /// How long one run takes on one thread, about.
    pub(crate) run: Duration,
}

impl Contender {
    /// `operation` gets the number of the operation within its run, to vary what it records.
    pub(crate) fn new(
        library: &'static str,
        operation: impl Fn(usize) + Send + Sync + 'static,
        recorded: impl Fn() -> Vec<u64> + 'static,
    ) -> Self {
        Self { evidence: Evidence::All(Box::new(recorded)), ..Self::floor(library, operation) }
    }

    /// No library, but what every library needs at least.
    pub(crate) fn floor(
        library: &'static str,
        operation: impl Fn(usize) + Send + Sync + 'static,
    ) -> Self {
        // The loop is compiled together with the operation, so that no call stands between two. The
        // black box keeps the compiler from doing for all of them at once what is to be done for each.
        let run = move |operations| {
            for number in 0..operations {
                operation(black_box(number));
            }
        };
        Self { library, run: Box::new(run), prepare: Box::new(|| {}), evidence: Evidence::None }
    }

    /// Runs after `prepare`, which is not timed and may be called more often than needed.
    pub(crate) fn after(self, prepare: impl Fn() + 'static) -> Self {
        Self { prepare: Box::new(prepare), ..self }
    }

    /// Nothing may arrive.
    pub(crate) fn switched_off(self) -> Self {
        let evidence = match self.evidence {
            Evidence::All(recorded) => Evidence::Nothing(recorded),
            evidence => evidence,
        };
        Self { evidence, ..self }
    }

    /// One run, after which what arrived is compared with what was done.
    fn run(&self, case: &'static str, threads: usize, each: usize) -> Result<Duration, Miscount> {
        // Reading may leave the state, and entering it may begin to count anew.
        (self.prepare)();
        let before = self.evidence.recorded();
        (self.prepare)();
        let warm_up = each / 10 + 1;
        let wall = wall_time(&*self.run, threads, warm_up, each);
        let after = self.evidence.recorded();
        let operations = machine::as_u64((warm_up + each) * threads);
        let expected = if matches!(self.evidence, Evidence::All(_)) { operations } else { 0 };
        let complete = before.len() == after.len()
            && before.iter().zip(&after).all(|(before, after)| before + expected == *after);
        if complete {
            Ok(wall)
        } else {
            Err(Miscount { case, library: self.library, operations, expected, before, after })
        }
    }

    /// How many operations fill a run on one thread. More threads do as many each: what they need
    /// longer is what is to be measured, and a time that they wait for a core would only mislead.
    fn calibrate(&self, case: &'static str, run: Duration) -> Result<usize, Miscount> {
        let mut each = 16;
        loop {
            // Of two, so that no interruption passes for work.
            let wall = self.run(case, 1, each)?.min(self.run(case, 1, each)?);
            if wall * 4 >= run {
                let fill = run.as_secs_f64() / wall.as_secs_f64();
                return Ok(machine::scaled(each, fill).max(1));
            }
            each *= 4;
        }
    }
}

impl Evidence {
    fn recorded(&self) -> Vec<u64> {
        match self {
            Self::None => Vec::new(),
            Self::All(recorded) | Self::Nothing(recorded) => recorded(),
        }
    }
}

/// Measures all contenders of a case, on each number of threads.
pub(crate) fn compare(
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

/// What one operation costs: the time that passed, times the cores that were in use, divided by all
/// operations of all threads. On one thread this is the time of one operation. It stays the same on
/// more threads if they do not disturb each other, whether or not each has a core of its own.
fn nanoseconds(wall: Duration, threads: usize, each: usize) -> f64 {
    let cores_in_use = threads.min(machine::cores()) as f64;
    let operations = each as f64 * threads as f64;
    wall.as_secs_f64() * 1e9 * cores_in_use / operations
}

/// From the first thread's start to the last one's end.
fn wall_time(
    run: &(dyn Fn(usize) + Sync),
    threads: usize,
    warm_up: usize,
    each: usize,
) -> Duration {
    let barrier = Barrier::new(threads);
    let work = || {
        // A thread's first operation makes what belongs to the thread.
        run(warm_up);
        barrier.wait();
        let begin = Instant::now();
        run(each);
        (begin, Instant::now())
    };
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let begin = times.iter().map(|(begin, _)| *begin).min();
    let end = times.iter().map(|(_, end)| *end).max();
    end.zip(begin).map_or(Duration::ZERO, |(end, begin)| end - begin)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::{Contender, nanoseconds, wall_time};
    use crate::{case::Case, contenders, machine, scrape};

    #[test]
    fn every_contender_records_each_operation_once() {
        let _alone = scrape::only_one_runtime();
        for case in Case::ALL {
            for contender in contenders::of(case) {
                contender.run(case.name(), 2, 25).unwrap();
            }
        }
    }

    /// A contender that records every operation of two.
    fn every_other() -> Contender {
        let recorded = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&recorded);
        let operation = move |number| {
            if number % 2 == 0 {
                recorded.fetch_add(1, Ordering::Relaxed);
            }
        };
        Contender::new("forgetful", operation, move || vec![7, read.load(Ordering::Relaxed)])
    }

    #[test]
    fn a_contender_that_forgets_is_found() {
        let error = every_other().run("counter", 2, 100).unwrap_err().to_string();
        assert!(error.starts_with("counter, forgetful: 222 operations"), "{error}");
    }

    #[test]
    fn a_contender_that_is_not_switched_off_is_found() {
        assert!(every_other().switched_off().run("counter", 1, 100).is_err());
    }

    #[test]
    fn the_cost_counts_the_cores_that_threads_can_use() {
        let second = std::time::Duration::from_secs(1);
        assert!((nanoseconds(second, 1, 1_000_000) - 1_000.0).abs() < 1e-6);
        // Each thread did as much as one alone would have done in its share of the cores.
        let threads = machine::cores() * 3;
        assert!((nanoseconds(second, threads, 1_000_000) - 1_000.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn all_threads_warm_up_and_run() {
        let operations = AtomicU64::new(0);
        let run = |each| {
            operations.fetch_add(machine::as_u64(each), Ordering::Relaxed);
        };
        wall_time(&run, 3, 5, 100);
        assert_eq!(operations.into_inner(), 3 * 105);
    }
}
