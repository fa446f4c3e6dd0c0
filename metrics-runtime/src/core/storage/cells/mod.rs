//! The cells of counters, up-down counters and gauges.
//!
//! ```text
//! slot      0     1     2   …  255 │ 256 …     a column: the chunks of 256 slots
//! shared   [c]   [c]   [c]     [c] │ [c]       values that are set; sums of threads without a shard
//! shard A  [c]   [c]    ·      [c] │  ·        one thread writes: a load and a store
//! shard B  [c]    ·    [c]     [c] │  ·
//! ```

mod cell;
mod slots;
mod sync;

pub(crate) use cell::{Arithmetic, Chunk};
pub(crate) use slots::{CellKind, SlotRef, claim, discard_slot, release};
