//! Cells of sums: a cell for each thread, and a shared cell.

#[expect(dead_code, reason = "values that are set have no cell of a thread")]
#[expect(unreachable_pub, reason = "public where the file belongs")]
#[path = "../../../metrics-runtime/src/core/storage/cells/cell.rs"]
mod cell;
#[expect(dead_code, reason = "values that are set have no cell of a thread")]
#[expect(unreachable_pub, reason = "public where the file belongs")]
#[path = "../../../metrics-runtime/src/core/storage/cells/shards.rs"]
mod shards;
mod sync;

mod ending;
mod reuse;

use std::{iter, sync::Arc};

use cell::Arithmetic;
use shards::{CellKind, LocalChunks, Shards, SlotRef};

/// A thread that records, with the values that `own.rs` keeps in thread-locals.
struct Recorder {
    shards: Arc<Shards>,
    owned: LocalChunks,
}

impl Recorder {
    fn new(shards: &Arc<Shards>) -> Self {
        Self { shards: Arc::clone(shards), owned: LocalChunks::default() }
    }

    fn add(&self, slot: SlotRef, bits: u64, arithmetic: Arithmetic) {
        let add = || slot.add_to_own(&self.owned, bits, arithmetic);
        if add().is_none() && self.shards.adopt(&self.owned, slot) {
            add();
        }
    }

    fn count(&self, slot: SlotRef, number: u64) {
        self.add(slot, number, Arithmetic::Integer);
    }
}

/// The thread ends.
impl Drop for Recorder {
    fn drop(&mut self) {
        // A failed model drops its recorders too; a second failure would hide the first.
        if !std::thread::panicking() {
            self.shards.retire(&self.owned);
        }
    }
}

/// The sum that a collection reads; `None` if the series has ended.
fn read(shards: &Shards, slot: SlotRef) -> Option<u64> {
    let mut sum = None;
    shards.read(iter::once(slot), |read| sum = read);
    sum
}
