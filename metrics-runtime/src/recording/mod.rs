//! The recording core: what application code writes and every collection reads.
//!
//! ```text
//! handle ──► series     which place a combination of labels has
//!              │
//!              ├─► cells     sums: one cell for each thread; values: one for all
//!              └─► samples   a ring for each thread, drained into the SDK's histograms
//! ```
//!
//! It lives outside the OpenTelemetry provider, for the whole life of the process: what is recorded
//! before a runtime is installed is exported after it, and a second runtime sees the same sums.

mod cells;
mod clock;
mod number;
mod observed;
mod samples;
mod series;
mod sums;
mod switch;
mod value;
mod values;

pub(crate) use cells::{Busy, Place};
pub(crate) use clock::Moment;
pub use number::Number;
pub(crate) use observed::{
    Observed, ObservedCallbacks, ObservedFamily, ObservedId, Repeated, SeriesSink,
};
pub use samples::HistogramValue;
pub(crate) use samples::Summary;
pub(crate) use samples::{HistogramFamily, HistogramSink, SinkId, drain};
pub use series::SeriesLabels;
pub(crate) use series::{AllSeries, AnyLabels, Family, FamilyStats, Kind, Snapshot};
pub(crate) use sums::SumFamily;
pub(crate) use switch::{enabled, switch};
pub(crate) use value::Value;
pub(crate) use values::ValueFamily;
