//! The cells of histograms.
//!
//! ```text
//! HistogramRef ──► HistogramSlot ──► place: the number of a cell, or of none
//!                       │              │
//!                       │              ▼
//!                       │            HistogramChunk of the thread's shard: count, sum, extremes
//!                       │              and buckets of the samples of this thread
//!                       ▼
//!                    SlotState, under a lock: samples from before a runtime was installed,
//!                      samples of threads without a shard, further aggregations
//! ```

mod cell;
mod chunk;
mod columns;
mod early;
mod extremes;
mod fine_search;
mod layout;
mod native;
mod replay;
mod sample;
mod search;
mod slot;
mod state;
mod sync;
mod tally;
mod time_unit;
mod window;

pub(crate) use chunk::HistogramChunk;
pub(crate) use columns::layout_of_column;
pub(crate) use early::end_early_time;
pub(crate) use layout::{Layout, OwnBoundaries};
pub(crate) use native::{Native, NativeBuckets, SignedBuckets};
pub(crate) use slot::{HistogramRef, HistogramSlot, SampleValue};
pub(crate) use state::{BoundSink, SinkId};
pub(crate) use tally::Tally;
pub(crate) use time_unit::TimeUnit;
