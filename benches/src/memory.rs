//! Resident memory, measured in child processes.

use std::{
    hint::black_box,
    io,
    process::{Command, Stdio},
};

use crate::{
    child::{ChildError, Task},
    figure::{Figure, Measurement},
    machine,
    runtime::BOTH,
    scrape::{self, FamilyKind, Shape},
};

/// The memory of 1,000 series of each library. It is the difference between many and few series, so
/// that it leaves out the memory of a library without series.
pub(crate) fn per_series(case: &str, kind: FamilyKind) -> Result<Vec<Measurement>, ChildError> {
    let few = Shape { kind, series_per_family: 1 };
    let many = Shape { kind, series_per_family: 10_000 / kind.families() };
    let mut measurements = Vec::new();
    for library in [scrape::TEXT].into_iter().chain(scrape::PEERS) {
        let held = |shape| {
            let task = Task::Hold { library: library.to_owned(), shape };
            Ok::<_, ChildError>(bytes_of(&task.delegate()?))
        };
        let series = (many.series() - few.series()) as u64;
        let bytes = held(many)?.saturating_sub(held(few)?) * 1_000 / series;
        measurements.push(Measurement::new(case, library, 1, Figure::Size { bytes }));
    }
    Ok(measurements)
}

/// The memory of a service with 100 metrics.
pub(crate) fn service(
    case: &str,
    program: &str,
    collector: &str,
) -> Result<Vec<Measurement>, ChildError> {
    let service = Command::new(program).arg(collector).stderr(Stdio::inherit()).output()?;
    if !service.status.success() {
        return Err(ChildError::Failed(program.to_owned()));
    }
    let bytes = serde_json::from_slice(&service.stdout)?;
    Ok(vec![Measurement::new(case, BOTH, 1, Figure::Size { bytes })])
}

/// Makes all series, records into them and scrapes them. Returns the growth of the resident memory.
pub(crate) fn hold(library: &str, shape: Shape) -> io::Result<Measurement> {
    let before = machine::resident()?;
    let Some(exporter) = scrape::exporter(library, shape) else {
        return Err(io::Error::other(format!("there is no library `{library}`")));
    };
    exporter.touch();
    exporter.check(shape, 1).map_err(io::Error::other)?;
    let bytes = machine::resident()?.saturating_sub(before);
    black_box(&exporter);
    Ok(Measurement::new("hold", library, 1, Figure::Size { bytes }))
}

fn bytes_of(measurements: &[Measurement]) -> u64 {
    let bytes = measurements.iter().map(|measurement| match measurement.figure {
        Figure::Size { bytes } => bytes,
        _ => 0,
    });
    bytes.sum()
}
