//! Interleaved rounds of scrapes.

use std::time::Instant;

use super::{
    exporter::{Exporter, ScrapeError},
    exporters::{self, PEERS},
    shape::Shape,
};
use crate::figure::{Figure, Measurement, Spread};

/// Scrapes all libraries in interleaved rounds. Before each round every series gets a new value, so
/// that no library can show the text of an earlier scrape.
pub(crate) fn compare(
    case: &str,
    shape: Shape,
    rounds: usize,
) -> Result<Vec<Measurement>, ScrapeError> {
    let peers = PEERS.iter().filter_map(|library| exporters::of(library, shape));
    let mut exporters: Vec<Exporter> = peers.collect();
    let [text, open_metrics] = exporters::osapi_exporters(shape);
    exporters.push(text);
    // Apart from the first exporter, whose scrape loads the data of both into the caches.
    exporters.insert(PEERS.len() / 2, open_metrics);
    let mut times = vec![Vec::new(); exporters.len()];
    // The first rounds allocate the buffers that later rounds use again, and are not counted.
    let warm_up = 2;
    for round in 0..warm_up + rounds {
        for exporter in &exporters {
            exporter.touch();
        }
        for turn in 0..exporters.len() {
            let which = (round + turn) % exporters.len();
            let begin = Instant::now();
            let body = exporters[which].scrape();
            let time = begin.elapsed();
            drop(body);
            if round >= warm_up {
                times[which].push(time.as_secs_f64() * 1e3);
            }
        }
    }
    let figure = |(exporter, times): (&Exporter, Vec<f64>)| {
        let (bytes, samples) = exporter.check(shape, warm_up + rounds)?;
        let Spread { min, median } = Spread::of(times);
        let figure = Figure::Scrape { ms_min: min, ms_median: median, bytes, samples };
        Ok(Measurement::new(case, exporter.library, 1, figure))
    };
    exporters.iter().zip(times).map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::{
        runtime,
        scrape::shape::{FamilyKind, Shape},
    };

    #[test]
    fn every_library_shows_every_series() {
        let _alone = runtime::only_one_runtime();
        for kind in [FamilyKind::Counters, FamilyKind::Histograms] {
            let shape = Shape { kind, series_per_family: 12 };
            assert_eq!(compare("render", shape, 1).unwrap().len(), 8);
        }
    }
}
