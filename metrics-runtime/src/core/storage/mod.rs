//! The recording core: application code writes here, and every collection reads from here.
//!
//! ```text
//! handle ──► series     which slot a combination of labels has
//!              │
//!              ├─► cells     sums: one cell for each thread; last values: one cell for all
//!              └─► samples   a ring for each thread, drained into the histograms of a sink
//! ```
//!
//! It lives outside the OpenTelemetry provider, for the whole life of the process: what is recorded
//! before a runtime is installed is exported after it, and a second runtime sees the same sums.

mod cells;
mod last_values;
mod number;
mod observed;
mod samples;
mod series;
mod sums;
mod value;

pub(crate) use cells::SlotRef;
pub(crate) use last_values::LastValueFamily;
pub use number::Number;
pub(crate) use observed::{ObservableFamily, ObservationSink, ObservedId};
pub(crate) use samples::{
    BoundSink, HistogramFamily, HistogramSink, SampleSink, SampleValue, SeriesId, SinkId, Summary,
    drain,
};
pub use series::SeriesLabels;
pub(crate) use series::{AllSeries, Family, FamilyStats};
pub(crate) use sums::SumFamily;
pub(crate) use value::Value;
