//! Cells of sums: a cell in each shard, and a shared cell.

#[expect(dead_code, reason = "values that are set have no cell of a thread")]
#[expect(unreachable_pub, reason = "public where the file belongs")]
#[path = "../../../metrics-runtime/src/core/storage/cells/cell.rs"]
mod cell;
#[expect(dead_code, reason = "the slots of the process are not those of a model")]
#[expect(unreachable_pub, reason = "public where the file belongs")]
#[path = "../../../metrics-runtime/src/core/storage/cells/slots.rs"]
mod slots;
mod sync;

mod ending;
mod gates;
mod reuse;

use std::sync::Arc;

use cell::{Arithmetic, Chunk};
use slots::{CellKind, SlotRef, Slots};

use crate::shards::{Owned, Shards, shards};

/// The first chunk of a shard.
#[derive(Debug)]
struct OneChunk(Chunk);

impl Default for OneChunk {
    fn default() -> Self {
        Self(Chunk::vacant())
    }
}

/// The slots of a model, and shards for some threads.
struct Model {
    slots: Slots,
    shards: Arc<Shards<OneChunk>>,
}

impl Model {
    fn new(threads: usize) -> Arc<Self> {
        Arc::new(Self { slots: Slots::default(), shards: shards(threads) })
    }

    fn claim(&self) -> SlotRef {
        self.slots.claim(CellKind::Sums)
    }

    /// The shard of a thread that begins to record; none if there is no free one.
    fn recorder(&self) -> Recorder {
        Recorder(Owned::take(&self.shards))
    }

    /// Opens the gates of a series, as a collection does.
    fn open_gates(&self, slot: SlotRef) {
        self.shards.iter().for_each(|shard| slot.open_gate(&shard.0));
    }

    /// The sum that a collection reads; `None` if the series has ended.
    fn read(&self, slot: SlotRef) -> Option<u64> {
        slot.sum(self.shards.iter().map(|shard| &shard.0), Arithmetic::Unsigned)
    }
}

/// A thread that records.
struct Recorder(Option<Owned<OneChunk>>);

impl Recorder {
    fn count(&self, slot: SlotRef, number: u64) {
        let Some(OneChunk(chunk)) = self.0.as_deref() else {
            slot.add_to_shared(number, Arithmetic::Unsigned);
            return;
        };
        let added = slot.add_to_own(chunk, number, Arithmetic::Unsigned);
        if added.is_none() && slot.is_current() {
            slot.adopt_and_add(chunk, number, Arithmetic::Unsigned);
        }
    }
}
