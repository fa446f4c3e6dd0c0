//! The instructions of one operation of osapi-metrics, counted by valgrind's callgrind.
//!
//! Instructions do not depend on the load of the machine, so that two versions of osapi-metrics can
//! be compared where times cannot. `benches/programs/instructions.rs` repeats the operations.

use std::{
    error::Error,
    io,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    figure::{Figure, Measurement},
    release::Program,
};

/// The operations of the core, by the names that the program knows them by.
const OPERATIONS: [&str; 9] = [
    "empty loop",
    "counter without labels",
    "counter with a closed label",
    "counter with an open label",
    "gauge",
    "histogram",
    JOB,
    "job with metrics of its own",
    "job, metrics disabled",
];

pub(crate) const JOB: &str = "job";

/// The operations of instrumentations, which a program of their own knows.
const OF_INSTRUMENTATIONS: &[(&str, u64)] = &[
    ("message of a channel of tokio", REPETITIONS),
    ("message of an observed channel", REPETITIONS),
    ("call through a closed breaker", REPETITIONS),
    ("command of Redis, answered at once", REPETITIONS),
    ("observed command of Redis, answered at once", REPETITIONS),
    ("request", REPETITIONS),
    ("request through the HTTP layer", REPETITIONS),
    ("request through the HTTP layer, by roles", REPETITIONS),
    ("request through the HTTP layer, in a set of its own", REPETITIONS),
    ("scrape", SCRAPES),
    ("scrape with 20 channels and 3 breakers", SCRAPES),
    ("scrape with 20 containers", SCRAPES),
    ("scrape with 8 GPUs", SCRAPES),
    ("scrape with the host", SCRAPES),
    ("scrape with the host and the process", SCRAPES),
    ("scrape with the process", SCRAPES),
    ("scrape with a runtime of tokio", SCRAPES),
];

/// A scrape runs this often.
const SCRAPES: u64 = 256;

/// Each operation runs this often, and twice as often. The difference leaves out everything that an
/// operation does for the first time only.
const REPETITIONS: u64 = 16_384;

/// The function that is counted, with all functions that it calls. The start and the end of the
/// program are not: their instructions differ from run to run.
const COUNTED: &str = "--toggle-collect=osapi_metrics_bench_instr*::repeat*";

/// A job notes the time of its last success only if the clock has advanced far enough since the
/// last note. The smallest of several counts has the fewest notes.
const COUNTS: usize = 3;

/// The reason why instructions were not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstructionsError {
    #[error("valgrind cannot be started: {0}")]
    Io(#[from] io::Error),
    #[error("`{operation}` failed under valgrind:\n{output}")]
    Failed { operation: &'static str, output: String },
}

/// Compiles the program below `folder` and counts the instructions of each operation.
pub(crate) fn count(case: &str, folder: &Path) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let figure = |(program, operation, times): (&Path, &'static str, u64)| {
        let mut least = f64::INFINITY;
        for _ in 0..COUNTS {
            let once = instructions(program, operation, times)?;
            let twice = instructions(program, operation, 2 * times)?;
            least = least.min((twice - once) / times as f64);
        }
        let figure = Figure::Instructions { instructions: least };
        Ok(Measurement::new(case, operation, 1, figure))
    };
    let of_core = Program::Instructions.build(folder)?;
    let of_instrumentations = Program::Instrumentations.build(folder)?;
    let core = OPERATIONS.into_iter().map(|operation| (&*of_core, operation, REPETITIONS));
    let instrumentations = OF_INSTRUMENTATIONS
        .iter()
        .map(|(operation, times)| (&*of_instrumentations, *operation, *times));
    core.chain(instrumentations).map(figure).collect()
}

/// The instructions of all repetitions in a new process.
fn instructions(
    program: &Path,
    operation: &'static str,
    repetitions: u64,
) -> Result<f64, InstructionsError> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", COUNTED])
        .arg(program)
        .args([operation, &repetitions.to_string()])
        .stdin(Stdio::null())
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    match total(&report) {
        Some(total) if output.status.success() => Ok(total),
        _ => Err(InstructionsError::Failed { operation, output: report.into_owned() }),
    }
}

/// The total in the report of callgrind.
fn total(report: &str) -> Option<f64> {
    let (_, total) = report.lines().find_map(|line| line.split_once("Collected : "))?;
    total.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_total_is_read_from_the_report() {
        let report = "==7== Events    : Ir\n==7== Collected : 1234567\n==7== \n";
        assert_eq!(total(report), Some(1_234_567.0));
        assert_eq!(total("valgrind: service: No such file or directory"), None);
    }
}
