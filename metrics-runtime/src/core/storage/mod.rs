//! The recording core: code that records writes here, and every collection reads from here.
//!
//! ```text
//! handle ──► series ──► slot        which slot a combination of labels has
//!                        │
//!                        ▼
//!                      shards       the cells that only this thread writes
//!                       ├─► cells        sums, and values that are set
//!                       └─► histograms   count, sum, extremes and buckets
//!                        │
//!                        ▼
//!                      exemplars    single samples, with their traces
//! ```
//!
//! The storage lives as long as the process: values that are recorded before a runtime is installed
//! are exported after the installation, and a second runtime sees the same values.

mod cells;
mod exemplars;
mod histogram_family;
mod histograms;
mod joint_values;
mod last_values;
mod number;
mod numbered;
mod observed;
mod series;
mod shards;
mod sums;
mod value;

pub use number::Number;
pub use series::SeriesLabels;

pub(crate) use cells::SlotRef;
pub(crate) use exemplars::{
    Exemplar, ExemplarLabels, ExemplarLabelsId, ExemplarPolicy, TraceIds, set_exemplar_policy,
};
pub(crate) use histogram_family::{HistogramFamily, HistogramSink, HistogramStorage};
pub(crate) use histograms::{
    BoundSink, HistogramRef, Native, NativeBuckets, SampleValue, SignedBuckets, SinkId, Tally,
    end_early_time,
};
pub(crate) use joint_values::JointFamily;
pub(crate) use last_values::{LastValueFamily, LastValueStorage};
pub(crate) use observed::{EndedCallbacks, ObservableFamily, ObservationSink, ObservedId};
pub(crate) use series::{
    AllSeries, AnyLabels, AttributeRef, AttributeValue, Combination, DeclaredValues, Family,
    FamilyStats, ReadSeries, ScopeId, ScopeLabels, SeriesStorage, limit_open_series,
};
pub(crate) use sums::{SumFamily, SumFamilyNumber, SumStorage};
pub(crate) use value::Value;
