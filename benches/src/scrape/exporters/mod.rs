//! One exporter for each library.

mod measured;
mod metrics;
mod opentelemetry;
mod osapi;
mod prometheus;
mod prometheus_client;
mod region;

pub(crate) use osapi::TEXT;
pub(super) use osapi::{
    exporters as osapi_exporters, touch as osapi_touch, untouched as osapi_untouched,
};

use crate::scrape::{exporter::Exporter, shape::Shape};

/// Makes the exporter of a library, with all series of the shape. `library` is the name in figures.
pub(crate) fn of(library: &str, shape: Shape) -> Option<Exporter> {
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

/// The libraries that [`of`] knows, except osapi-metrics.
pub(crate) const PEERS: [&str; 6] = [
    opentelemetry::OFFICIAL,
    opentelemetry::TEXT,
    prometheus::LIBRARY,
    prometheus_client::LIBRARY,
    metrics::LIBRARY,
    measured::LIBRARY,
];
