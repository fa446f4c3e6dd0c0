//! The instructions of one operation of osapi-metrics, counted by valgrind's cachegrind.
//!
//! Instructions do not depend on the load of the machine, so that two versions of osapi-metrics can
//! be compared where times cannot. `bin/instructions.rs` repeats the operations.

use std::{
    io,
    process::{Command, Stdio},
};

use crate::figure::{Figure, Measurement};

/// The operations, by the names that the program knows them by.
const OPERATIONS: [&str; 9] = [
    "empty loop",
    "counter without labels",
    "counter with a closed label",
    "counter with an open label",
    "gauge",
    "histogram",
    "job",
    "job with metrics of its own",
    "job, metrics disabled",
];

/// Each operation runs this often, and twice as often. The difference leaves out the start of the
/// program, its end, and everything that an operation does for the first time only.
const REPETITIONS: u64 = 16_384;

/// A job notes the time of its last success at most once in a while, and under valgrind a while
/// has fewer jobs. The smallest of several counts has the least of it.
const COUNTS: usize = 3;

/// The reason why instructions were not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstructionsError {
    #[error("valgrind cannot be started: {0}")]
    Io(#[from] io::Error),
    #[error("`{operation}` failed under valgrind:\n{output}")]
    Failed { operation: &'static str, output: String },
}

/// Whether this machine has valgrind.
pub(crate) fn can_count() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Counts the instructions of each operation.
pub(crate) fn count(case: &str, program: &str) -> Result<Vec<Measurement>, InstructionsError> {
    let figure = |operation| {
        let mut least = f64::INFINITY;
        for _ in 0..COUNTS {
            let once = instructions(program, operation, REPETITIONS)?;
            let twice = instructions(program, operation, 2 * REPETITIONS)?;
            least = least.min((twice - once) / REPETITIONS as f64);
        }
        let figure = Figure::Instructions { instructions: least };
        Ok(Measurement::new(case, operation, 1, figure))
    };
    OPERATIONS.into_iter().map(figure).collect()
}

/// The instructions of a whole process.
fn instructions(
    program: &str,
    operation: &'static str,
    repetitions: u64,
) -> Result<f64, InstructionsError> {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program])
        .args([operation, &repetitions.to_string()])
        .stdin(Stdio::null())
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    match total(&report) {
        Some(total) if output.status.success() => Ok(total),
        _ => Err(InstructionsError::Failed { operation, output: report.into_owned() }),
    }
}

/// The total in the report of cachegrind, which groups its digits by commas.
fn total(report: &str) -> Option<f64> {
    let (_, total) = report.lines().find_map(|line| line.split_once("refs:"))?;
    total.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_total_is_read_from_the_report() {
        let report = "==7== Command: service 3\n==7== \n==7== I   refs:      1,234,567\n";
        assert_eq!(total(report), Some(1_234_567.0));
        assert_eq!(total("valgrind: service: No such file or directory"), None);
    }
}
