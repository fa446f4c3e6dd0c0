//! The time until a library is ready, measured in child processes.

use std::{io, time::Instant};

use crate::{
    child::{ChildError, Task},
    figure::{Figure, Measurement, Spread},
    runtime::{State, install},
    scrape::{self, FamilyKind, Shape},
};

/// Starts each library once in each round, always in a new process.
pub(crate) fn compare(
    case: &str,
    collector: &str,
    rounds: usize,
) -> Result<Vec<Measurement>, ChildError> {
    let libraries: Vec<&str> =
        State::ALL.map(State::library).into_iter().chain(scrape::PEERS).collect();
    let mut times = vec![Vec::new(); libraries.len()];
    for round in 0..rounds {
        for turn in 0..libraries.len() {
            let which = (round + turn) % libraries.len();
            let (library, collector) = (libraries[which].to_owned(), collector.to_owned());
            let measured = Task::Start { library, collector }.delegate()?;
            times[which].extend(measured.iter().map(|measurement| measurement.figure.least()));
        }
    }
    let figure = |(library, times): (&&str, Vec<f64>)| {
        let Spread { min, median } = Spread::of(times);
        Measurement::new(case, library, 1, Figure::Start { ms_min: min, ms_median: median })
    };
    Ok(libraries.iter().zip(times).map(figure).collect())
}

/// Starts one library. osapi-metrics starts with `install()`, which makes all instruments that are
/// linked in. The other libraries start by making the same counters, without series.
pub(crate) fn start(library: &str, collector: &str) -> io::Result<Measurement> {
    let begin = Instant::now();
    let time = if let Some(state) = State::ALL.into_iter().find(|state| state.library() == library)
    {
        let metrics = install(state, collector);
        let time = begin.elapsed();
        metrics.shutdown().map_err(io::Error::other)?;
        time
    } else {
        let empty = Shape { kind: FamilyKind::Counters, series_per_family: 0 };
        let started = scrape::exporter(library, empty);
        let time = begin.elapsed();
        if started.is_none() {
            return Err(io::Error::other(format!("there is no library `{library}`")));
        }
        time
    };
    let milliseconds = time.as_secs_f64() * 1e3;
    let figure = Figure::Start { ms_min: milliseconds, ms_median: milliseconds };
    Ok(Measurement::new("start", library, 1, figure))
}
