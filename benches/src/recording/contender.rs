//! One contender, and one run of it.

use std::{hint::black_box, time::Duration};

use super::threads;
use crate::machine;

/// One way to do the operation of a case.
pub(super) struct Contender {
    pub(super) library: &'static str,
    /// Repeats the operation as often as the argument says.
    run: Box<dyn Fn(usize) + Send + Sync>,
    /// Brings the process into the contender's state, for example with one exporter. Not timed.
    prepare: Box<dyn Fn()>,
    evidence: Evidence,
}

/// Returns the number of operations that a scrape shows, once for each metric that counts them.
type OperationCounts = Box<dyn Fn() -> Vec<u64>>;

/// How a run shows that a contender did its work, and did it once.
enum Evidence {
    /// The contender is not a library and records nothing.
    None,
    /// Each operation arrives in a scrape.
    All(OperationCounts),
    /// No operation arrives in a scrape, because the library is switched off.
    Nothing(OperationCounts),
}

/// A contender whose scrape does not show the operations that were timed under its name.
#[derive(Debug, thiserror::Error)]
#[error(
    "{case}, {library}: {operations} operations should show as {expected} but went from {before:?} \
     to {after:?}"
)]
pub(crate) struct Miscount {
    case: &'static str,
    library: &'static str,
    operations: u64,
    expected: u64,
    before: Vec<u64>,
    after: Vec<u64>,
}

impl Contender {
    /// A contender of a library. `operation` gets its number within the run, to vary the recorded
    /// value or label; `recorded` returns the counts that a scrape shows.
    pub(super) fn new(
        library: &'static str,
        operation: impl Fn(usize) + Send + Sync + 'static,
        recorded: impl Fn() -> Vec<u64> + 'static,
    ) -> Self {
        Self { evidence: Evidence::All(Box::new(recorded)), ..Self::baseline(library, operation) }
    }

    /// A contender without a library: the least that an operation of any library costs.
    pub(super) fn baseline(
        library: &'static str,
        operation: impl Fn(usize) + Send + Sync + 'static,
    ) -> Self {
        // The loop is compiled together with the operation, so that no call stands between two
        // operations. The black box keeps the compiler from merging operations.
        let run = move |operations| {
            for number in 0..operations {
                operation(black_box(number));
            }
        };
        Self { library, run: Box::new(run), prepare: Box::new(|| {}), evidence: Evidence::None }
    }

    /// Calls `prepare` before each run. It is not timed and may be called more often than needed.
    pub(super) fn after(self, prepare: impl Fn() + 'static) -> Self {
        Self { prepare: Box::new(prepare), ..self }
    }

    /// Requires that a scrape shows no operation.
    pub(super) fn switched_off(self) -> Self {
        let evidence = match self.evidence {
            Evidence::All(recorded) => Evidence::Nothing(recorded),
            evidence => evidence,
        };
        Self { evidence, ..self }
    }

    /// Times one run, then compares the counts in a scrape with the operations of the run.
    pub(super) fn run(
        &self,
        case: &'static str,
        threads: usize,
        each: usize,
    ) -> Result<Duration, Miscount> {
        // Reading the counts may leave the state, and entering the state may reset the counts.
        (self.prepare)();
        let before = self.evidence.recorded();
        (self.prepare)();
        let warm_up = each / 10 + 1;
        let wall = threads::wall_time(&*self.run, threads, warm_up, each);
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

    /// How many operations fill a run on one thread. Each of several threads does as many: the time
    /// that it takes longer is the result, and waiting for a core would distort it.
    pub(super) fn calibrate(&self, case: &'static str, run: Duration) -> Result<usize, Miscount> {
        let mut each = 16;
        loop {
            // The faster of two runs, so that an interruption does not count as work.
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

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::Contender;

    /// A contender that records every second operation.
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
}
