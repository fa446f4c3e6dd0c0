//! The recording core: code that records writes here, and every collection reads from here.
//!
//! ```text
//! handle ──► series     which slot a combination of labels has
//!              │
//!              ├─► cells     sums: one cell for each thread; last values: one cell for all
//!              └─► samples   a ring for each thread, drained into the histograms of a sink
//! ```
//!
//! The storage is not part of the OpenTelemetry provider and lives as long as the process: values
//! that are recorded before a runtime is installed are exported after the installation, and a
//! second runtime sees the same sums.

mod cells;
mod last_values;
mod number;
mod observed;
mod samples;
mod series;
mod sums;
mod value;

pub use number::Number;
pub use series::SeriesLabels;

pub(crate) use cells::SlotRef;
pub(crate) use last_values::LastValueFamily;
pub(crate) use observed::{ObservableFamily, ObservationSink, ObservedId};
pub(crate) use samples::{
    BoundSink, HistogramFamily, HistogramSink, SampleSink, SampleValue, SeriesId, SinkId, drain,
};
pub(crate) use series::{AllSeries, AttributeRef, AttributeValue, Family, FamilyStats, ReadSeries};
pub(crate) use sums::SumFamily;
pub(crate) use value::Value;
