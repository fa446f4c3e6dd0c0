//! The shards: who may write to which cells.
//!
//! ```text
//! thread ──► local: its shard, and the chunks of it that the thread has used
//!              │ takes a shard when it first records, gives it back when it ends
//!              ▼
//! Shards ──► Shard ──► Directory ──► chunk of a column ──► cells
//! ```
//!
//! A shard has one thread at a time, which is the only writer of its cells. The next thread takes
//! over the shard with the sums that are in its cells, so that nothing is moved or lost when threads
//! end. There are a few shards for each processor, however many threads there are: memory and the
//! time of a collection grow with the shards. A thread that finds no free shard records into cells
//! that all such threads share.

mod directory;
mod local;
mod pool;
mod shard;
mod sync;

pub(super) use local::{histograms, own_histograms, own_sums, sums};

pub(super) use shard::SHARDS;
