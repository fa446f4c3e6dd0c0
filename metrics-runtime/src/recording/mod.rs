//! The recording core: the cells that application code writes and every collection reads.
//!
//! Cells live outside the OpenTelemetry provider, for the whole life of the process: what is
//! recorded before a runtime is installed is exported after it, and a second runtime sees the same
//! sums.

mod dynamic;
mod family;
mod histogram;
mod number;
mod observed;
mod reading;
mod switch;

pub(crate) use family::{Family, FamilyStats, Series};
pub use histogram::HistogramValue;
pub(crate) use histogram::{HistogramCell, HistogramSink, HistogramSinks, SinkId};
pub use number::Number;
pub(crate) use number::{Cell, GaugeCell};
pub(crate) use observed::{ObservedCallbacks, Repeated, SeriesSink};
pub(crate) use reading::{AllSeries, SeriesLabels, Value};
pub(crate) use switch::{enabled, switch};
