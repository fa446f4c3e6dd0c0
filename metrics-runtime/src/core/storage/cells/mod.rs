//! The cells of counters, up-down counters and gauges.
//!
//! ```text
//! slot      0     1     2   …  255 │ 256 …          a column: the chunks of 256 slots
//! shared   [c]   [c]   [c]     [c] │ [c]            sums of ended threads; values that are set
//! thread A [c]   [c]    ·      [c] │  ·             its only writer: a load and a store
//! thread B [c]    ·    [c]     [c] │  ·
//! ```

mod cell;
mod own;
mod shards;
mod sync;

pub(crate) use cell::Arithmetic;
pub(crate) use own::{add, claim, discard_slot, read, release};
pub(crate) use shards::{CellKind, SlotRef};
