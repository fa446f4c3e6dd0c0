//! Resident memory, measured in child processes.

use std::{
    fs,
    hint::black_box,
    io,
    process::{Command, Stdio},
};

use crate::{
    child::{ChildError, Task},
    figure::{Figure, Measurement},
    scrape::{self, Kind, Shape},
};

/// The library that the service has.
const SERVICE: &str = crate::runtime::BOTH;

/// For each library, what 1,000 series take: the difference between many series and few, so that
/// what a library needs without series is not in it.
pub(crate) fn per_series(case: &str, kind: Kind) -> Result<Vec<Measurement>, ChildError> {
    let few = Shape { kind, series_per_family: 1 };
    let many = Shape { kind, series_per_family: 10_000 / kind.families() };
    let mut measurements = Vec::new();
    for library in [scrape::osapi::TEXT].into_iter().chain(scrape::PEERS) {
        let held = |shape| {
            let task = Task::Hold { library: library.to_owned(), shape };
            Ok::<_, ChildError>(bytes_of(&task.delegate()?))
        };
        let series = (many.series() - few.series()) as u64;
        let bytes = held(many)?.saturating_sub(held(few)?) * 1_000 / series;
        measurements.push(Measurement::new(case, library, 1, Figure::Memory { bytes }));
    }
    Ok(measurements)
}

/// What a service with 100 metrics takes.
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
    Ok(vec![Measurement::new(case, SERVICE, 1, Figure::Memory { bytes })])
}

/// Makes all series, records into them and scrapes them; returns what this took.
pub(crate) fn hold(library: &str, shape: Shape) -> io::Result<Measurement> {
    let before = resident()?;
    let Some(exporter) = scrape::exporter(library, shape) else {
        return Err(io::Error::other(format!("there is no library `{library}`")));
    };
    exporter.touch();
    exporter.check(shape, 1).map_err(io::Error::other)?;
    let bytes = resident()?.saturating_sub(before);
    black_box(&exporter);
    Ok(Measurement::new("hold", library, 1, Figure::Memory { bytes }))
}

fn bytes_of(measurements: &[Measurement]) -> u64 {
    let bytes = measurements.iter().map(|measurement| match measurement.figure {
        Figure::Memory { bytes } => bytes,
        _ => 0,
    });
    bytes.sum()
}

/// The memory of this process that is in use.
fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .and_then(|value| value.parse::<u64>().ok());
    let bytes = kilobytes.map(|kilobytes| kilobytes * 1024);
    bytes.ok_or_else(|| io::Error::other("/proc/self/status has no VmRSS"))
}
