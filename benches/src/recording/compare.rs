use std::error::Error;

use super::{
    case::Case,
    contenders,
    rounds::{self, Plan},
};
use crate::{
    figure::Measurement,
    runtime::{BOTH, collector},
};

const THREADS: [usize; 3] = [1, 2, 4];

/// Measures all contenders of a case. Fails if a contender should have exported its metrics to the
/// collector and none arrived.
pub(crate) fn compare(case: Case, plan: Plan) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let contenders = contenders::of(case);
    let measurements = rounds::measure(case.name(), &contenders, &THREADS, plan)?;
    let exported = contenders.iter().any(|contender| contender.library == BOTH);
    if exported && !collector::reached() {
        return Err("no export has reached the collector".into());
    }
    Ok(measurements)
}
