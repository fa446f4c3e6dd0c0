//! What a scrape costs: each library shows the same series.

mod measured;
mod metrics;
mod opentelemetry;
pub(crate) mod osapi;
mod prometheus;
mod prometheus_client;
mod region;
mod shape;

use std::time::Instant;

use crate::{
    figure::{Figure, Measurement, Spread},
    samples,
};
use shape::{BOUNDARIES, OBSERVED, REGIONS};

pub(crate) use shape::{Kind, Shape};

/// A library that holds the series of a [`Shape`].
pub(crate) struct Exporter {
    pub(crate) library: &'static str,
    touch: Box<dyn Fn()>,
    scrape: Box<dyn Fn() -> Body>,
}

/// What a scrape produced, in the type that the library gives.
type Body = Box<dyn AsRef<[u8]>>;

/// A scrape that does not show what was recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("{library}: {expected} samples should be shown, {shown} are")]
    Samples { library: &'static str, expected: usize, shown: usize },
    #[error("{library}: each series was recorded {expected} times, but there is `{sample}`")]
    Value { library: &'static str, expected: usize, sample: String },
}

impl Exporter {
    fn new<B: AsRef<[u8]> + 'static>(
        library: &'static str,
        touch: Box<dyn Fn()>,
        scrape: impl Fn() -> B + 'static,
    ) -> Self {
        Self { library, touch, scrape: Box::new(move || Box::new(scrape())) }
    }

    /// Adds one to each series, or one observation.
    pub(crate) fn touch(&self) {
        (self.touch)();
    }

    pub(crate) fn scrape(&self) -> Body {
        (self.scrape)()
    }

    /// Looks for every series with its value in a scrape. Returns the size of the scrape and how
    /// many samples there are in all.
    pub(crate) fn check(&self, shape: Shape, touched: usize) -> Result<(u64, u64), Wrong> {
        let library = self.library;
        let body = self.scrape();
        let body = std::str::from_utf8((*body).as_ref()).expect("expositions are UTF-8");
        let prefix = shape.kind.prefix();
        let is_of_shape = |line: &&str| line.starts_with(prefix) && line.contains("item=");
        let of_shape = || body.lines().filter(is_of_shape);
        let (expected, shown) = (shape.samples(), of_shape().count());
        if shown != expected {
            return Err(Wrong::Samples { library, expected, shown });
        }
        let counts = of_shape().filter(|line| match shape.kind {
            Kind::Counters => true,
            Kind::Histograms => line.contains("_count{"),
        });
        let value = format!(" {touched}");
        let is_right = |line: &str| line.strip_suffix(".0").unwrap_or(line).ends_with(&value);
        let mut wrong = counts.filter(|line| !is_right(line));
        match wrong.next() {
            Some(sample) => {
                Err(Wrong::Value { library, expected: touched, sample: sample.to_owned() })
            }
            None => Ok((body.len() as u64, samples::count(body))),
        }
    }
}

/// Makes one library's exporter, with all series of the shape. The names are those that figures
/// have.
pub(crate) fn exporter(library: &str, shape: Shape) -> Option<Exporter> {
    Some(match library {
        osapi::TEXT => {
            let [text, _] = osapi::exporters(shape);
            text
        }
        opentelemetry::OFFICIAL => opentelemetry::official(shape),
        opentelemetry::TEXT => opentelemetry::text(shape),
        prometheus::LIBRARY => prometheus::exporter(shape),
        prometheus_client::LIBRARY => prometheus_client::exporter(shape),
        metrics::LIBRARY => metrics::exporter(shape),
        measured::LIBRARY => measured::exporter(shape),
        _ => return None,
    })
}

/// The names that [`exporter`] knows, but for that of osapi-metrics.
pub(crate) const PEERS: [&str; 6] = [
    opentelemetry::OFFICIAL,
    opentelemetry::TEXT,
    prometheus::LIBRARY,
    prometheus_client::LIBRARY,
    metrics::LIBRARY,
    measured::LIBRARY,
];

/// Scrapes all libraries in interleaved rounds. Before each round every series gets a new value, so
/// that no library can show what it has shown before.
pub(crate) fn compare(case: &str, shape: Shape, rounds: usize) -> Result<Vec<Measurement>, Wrong> {
    let peers = PEERS.iter().filter_map(|library| exporter(library, shape));
    let mut exporters: Vec<Exporter> = peers.collect();
    let [text, open_metrics] = osapi::exporters(shape);
    exporters.push(text);
    // Not next to the first one, whose scrape brings what both read into the caches.
    exporters.insert(PEERS.len() / 2, open_metrics);
    let mut times = vec![Vec::new(); exporters.len()];
    // The first rounds make what later ones reuse, and are not counted.
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

fn each<S: 'static>(series: Vec<S>, touch: impl Fn(&S) + 'static) -> Box<dyn Fn()> {
    Box::new(move || series.iter().for_each(&touch))
}

/// Held by tests that install runtimes: a process with two of them records for both.
#[cfg(test)]
pub(crate) fn only_one_runtime() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Exporter, Kind, Shape, Wrong, compare};

    #[test]
    fn every_library_shows_every_series() {
        let _alone = super::only_one_runtime();
        for kind in [Kind::Counters, Kind::Histograms] {
            let shape = Shape { kind, series_per_family: 12 };
            assert_eq!(compare("render", shape, 1).unwrap().len(), 8);
        }
    }

    fn showing(exposition: &'static str) -> Result<(u64, u64), Wrong> {
        let exporter = Exporter::new("one", Box::new(|| {}), move || exposition);
        let shape = Shape { kind: Kind::Counters, series_per_family: 0 };
        exporter.check(shape, 3)
    }

    #[test]
    fn a_scrape_with_other_series_is_refused() {
        let error = showing("bench_c00{item=\"x\"} 3\n").unwrap_err();
        assert_eq!(error.to_string(), "one: 0 samples should be shown, 1 are");
    }
}
