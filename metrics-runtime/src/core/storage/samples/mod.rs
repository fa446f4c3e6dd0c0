//! The samples of histograms, on their way into the SDK.
//!
//! ```text
//! thread A ──► ring ┐            drained by the thread when it is full,
//! thread B ──► ring ┼──► distributions ──► the SDK's bound histograms
//! thread C ──► ring ┘            and by every collection before it reads
//! ```

mod distribution;
mod histograms;
mod own;
mod past;
mod ring;
mod sample_value;
mod summary;
mod sync;
mod table;
mod time_unit;

pub(crate) use distribution::{BoundSink, HistogramSink, SampleSink, SinkId};
pub(crate) use histograms::{HistogramFamily, SeriesId};
pub(crate) use sample_value::SampleValue;
pub(crate) use table::drain;
