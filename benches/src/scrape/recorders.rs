//! Scrapes while the threads are alive that have recorded.

use std::{
    error::Error,
    sync::{Barrier, OnceLock},
    thread,
    time::Instant,
};

use super::{
    exporters::{self, TEXT},
    shape::{FamilyKind, Shape},
};
use crate::{
    figure::{Figure, Measurement, Spread},
    machine,
};

/// 5,000 series of counters, and 5,000 series of histograms.
const SHAPES: [Shape; 2] = [
    Shape { kind: FamilyKind::Counters, series_per_family: 50 },
    Shape { kind: FamilyKind::Histograms, series_per_family: 500 },
];

/// The first scrapes allocate the buffers that later scrapes use again, and are not counted.
const WARM_UP: usize = 2;

/// Scrapes osapi-metrics while `threads` threads are alive. Before each scrape every thread records
/// once into every series. The memory is the growth from the idle threads before the installation
/// to the same threads after their first recording, without the text of a scrape.
pub(crate) fn scrape_beside(
    case: &str,
    threads: usize,
    rounds: usize,
) -> Result<Measurement, Box<dyn Error>> {
    let rounds = WARM_UP + rounds;
    let turn = Barrier::new(threads + 1);
    let touches = OnceLock::new();
    let record = || {
        turn.wait();
        for _ in 0..rounds {
            turn.wait();
            for touch in touches.get_or_init(|| SHAPES.map(exporters::osapi_touch)) {
                touch();
            }
            turn.wait();
        }
        // The thread is alive until the last scrape has ended.
        turn.wait();
    };
    let (exporter, mut times, before, recorded) = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(record);
        }
        turn.wait();
        let before = machine::resident();
        let exporter = exporters::osapi_untouched();
        let mut recorded = Ok(0);
        let mut times = Vec::new();
        for round in 0..rounds {
            turn.wait();
            // All threads record between the two turns.
            turn.wait();
            if round == 0 {
                recorded = machine::resident();
            }
            let begin = Instant::now();
            let body = exporter.scrape();
            times.push(begin.elapsed().as_secs_f64() * 1e3);
            drop(body);
        }
        turn.wait();
        (exporter, times, before, recorded)
    });
    for shape in SHAPES {
        exporter.check(shape, rounds * threads)?;
    }
    let Spread { min, median } = Spread::of(times.split_off(WARM_UP));
    let resident_bytes = recorded?.saturating_sub(before?);
    let figure = Figure::Beside { ms_min: min, ms_median: median, resident_bytes };
    Ok(Measurement::new(case, TEXT, threads, figure))
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, Shape};

    #[test]
    fn there_are_5_000_series_of_each_kind() {
        assert_eq!(SHAPES.map(Shape::series), [5_000, 5_000]);
    }
}
