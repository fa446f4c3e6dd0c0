//! The changes of one second.

use std::sync::Arc;

use super::{
    series::State,
    varint::{Reader, ValueForm, put_signed, put_unsigned, put_value},
};

/// What has changed since the frame before it. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) time_ms: u64,
    changes: Arc<[u8]>,
}

/// The changes of a frame that is being written. A change is the distance of its slot from the slot
/// of the change before it, with a tag in the three low bits, and then what the tag says.
#[derive(Debug, Default)]
pub(super) struct FrameWriter {
    bytes: Vec<u8>,
    last_slot: i64,
}

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// The series has no value any more.
    Absent,
    Number(ValueForm),
    /// The form is that of the sum.
    Distribution(ValueForm),
}

impl Tag {
    const BITS: u32 = 3;

    fn bits(self) -> i64 {
        match self {
            Self::Absent => 0,
            Self::Number(ValueForm::Whole) => 1,
            Self::Number(ValueForm::Bits) => 2,
            Self::Distribution(ValueForm::Whole) => 3,
            Self::Distribution(ValueForm::Bits) => 4,
        }
    }

    fn of_bits(bits: i64) -> Self {
        match bits {
            0 => Self::Absent,
            1 => Self::Number(ValueForm::Whole),
            2 => Self::Number(ValueForm::Bits),
            3 => Self::Distribution(ValueForm::Whole),
            _ => Self::Distribution(ValueForm::Bits),
        }
    }
}

impl FrameWriter {
    pub(super) fn absent(&mut self, slot: usize) {
        self.begin(slot, Tag::Absent);
    }

    pub(super) fn number(&mut self, slot: usize, old: f64, new: f64) {
        let form = ValueForm::of(old, new);
        self.begin(slot, Tag::Number(form));
        put_value(&mut self.bytes, old, new, form);
    }

    /// The cells of a distribution: its sum, and the samples in each bucket.
    pub(super) fn distribution(&mut self, slot: usize, old: &[f64], new: &[f64]) {
        let form = ValueForm::of(old[0], new[0]);
        self.begin(slot, Tag::Distribution(form));
        put_value(&mut self.bytes, old[0], new[0], form);
        let buckets = || old.iter().zip(new).skip(1).enumerate();
        let changed = buckets().filter(|(_, (old, new))| old.to_bits() != new.to_bits());
        put_unsigned(&mut self.bytes, changed.clone().count() as u64);
        let mut next = 0;
        for (bucket, (&old, &new)) in changed {
            put_unsigned(&mut self.bytes, (bucket - next) as u64);
            // Numbers of samples are whole.
            put_value(&mut self.bytes, old, new, ValueForm::Whole);
            next = bucket + 1;
        }
    }

    fn begin(&mut self, slot: usize, tag: Tag) {
        let slot = i64::try_from(slot).expect("slots are few");
        put_signed(&mut self.bytes, (slot - self.last_slot) << Tag::BITS | tag.bits());
        self.last_slot = slot;
    }

    pub(super) fn finish(&mut self, time_ms: u64) -> Frame {
        self.last_slot = 0;
        let changes = self.bytes.as_slice().into();
        // The buffer stays for the next frame.
        self.bytes.clear();
        Frame { time_ms, changes }
    }
}

impl Frame {
    pub(super) fn bytes(&self) -> usize {
        // What an allocator keeps for the changes, and the two counts of an `Arc`.
        const OVERHEAD: usize = 16 + 2 * size_of::<usize>();
        size_of::<Self>() + self.changes.len() + OVERHEAD
    }

    /// Applies the changes to the states of the slots. Those of other slots are read over.
    pub(crate) fn apply(&self, states: &mut [Option<State>]) {
        let mut reader = Reader::new(&self.changes);
        let mut slot = 0;
        while !reader.is_empty() {
            let head = reader.signed();
            slot += head >> Tag::BITS;
            let tag = Tag::of_bits(head & ((1 << Tag::BITS) - 1));
            let index = usize::try_from(slot).expect("a slot that was written");
            read_change(&mut reader, tag, states.get_mut(index).and_then(Option::as_mut));
        }
    }
}

fn read_change(reader: &mut Reader<'_>, tag: Tag, state: Option<&mut State>) {
    let Some(state) = state else { return skip_change(reader, tag) };
    state.has_value = tag != Tag::Absent;
    match tag {
        Tag::Absent => {}
        Tag::Number(form) => state.cells[0] = reader.value(state.cells[0], form),
        Tag::Distribution(form) => {
            state.cells[0] = reader.value(state.cells[0], form);
            let mut cell = 1;
            for _ in 0..reader.unsigned() {
                cell += usize::try_from(reader.unsigned()).expect("a cell that was written");
                state.cells[cell] = reader.value(state.cells[cell], ValueForm::Whole);
                cell += 1;
            }
        }
    }
}

fn skip_change(reader: &mut Reader<'_>, tag: Tag) {
    match tag {
        Tag::Absent => {}
        Tag::Number(form) => reader.skip_value(form),
        Tag::Distribution(form) => {
            reader.skip_value(form);
            for _ in 0..reader.unsigned() {
                reader.unsigned();
                reader.skip_value(ValueForm::Whole);
            }
        }
    }
}
