use std::{marker::PhantomData, sync::Arc};

use super::{
    cells::{self, CellKind, SlotRef},
    exemplars::{self, Exemplar, ExemplarLabelsId},
    number::Number,
    numbered::Numbered,
    series::{Family, ReadSeries, SeriesLabels, SeriesStorage},
    shards::{self, SHARDS},
    value::Value,
};
use crate::core::{descriptor::MetricDescriptor, sync::ReentrancyGuard};

/// The storage of series whose values are sums of the additions of all threads.
#[derive(Debug)]
pub struct SumStorage<V> {
    number: SumFamilyNumber<V>,
}

/// A metric whose values are sums, in half the size of a reference: the other half of a handle's
/// field is for the labels of an exemplar.
#[derive(Debug)]
pub(crate) struct SumFamilyNumber<V>(u32, PhantomData<fn(V)>);

/// All metrics whose values are sums.
static FAMILIES: Numbered = Numbered::new();

impl<V> Clone for SumFamilyNumber<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for SumFamilyNumber<V> {}

impl<V: Number> SumFamilyNumber<V> {
    /// The metric.
    pub(crate) fn family(self) -> Option<&'static SumFamily<V>> {
        FAMILIES.get(self.0)
    }

    /// [`Family::drop_sample`] of the metric.
    #[cold]
    #[inline(never)]
    pub(crate) fn drop_sample(self) {
        if let Some(family) = self.family() {
            family.drop_sample();
        }
    }
}

impl<V: Number> SeriesStorage for SumStorage<V> {
    type Slot = SlotRef;

    fn claim(&self, _: &Arc<SeriesLabels>) -> SlotRef {
        let _guard = ReentrancyGuard::enter();
        cells::claim(CellKind::Sums)
    }

    fn release(&self, slot: SlotRef) {
        let _guard = ReentrancyGuard::enter();
        cells::release(slot);
        exemplars::forget(slot);
    }

    fn discard_slot(&self) -> SlotRef {
        cells::discard_slot()
    }

    #[inline]
    fn is_current(&self, slot: SlotRef) -> bool {
        slot.is_current()
    }

    fn was_recorded(&self, slot: SlotRef) -> bool {
        slot.was_written()
    }
}

impl<V: Number> ReadSeries for SumStorage<V> {
    fn read(&self, slots: &[SlotRef], values: &mut Vec<Option<Value>>) {
        // The slots of a metric are usually in one column.
        let (mut column, mut chunks) = (usize::MAX, Vec::new());
        for slot in slots {
            if slot.column() != column {
                column = slot.column();
                chunks.clear();
                chunks.extend(SHARDS.iter().filter_map(|shard| shard.sums.get(column)));
            }
            let sum = slot.sum(chunks.iter().copied(), V::ARITHMETIC);
            values.push(sum.map(|bits| V::from_bits(bits).to_value()));
        }
    }

    fn exemplars(&self, slots: &[SlotRef], take: &mut dyn FnMut(usize, Exemplar)) {
        for (position, slot) in slots.iter().enumerate() {
            if let Some(exemplar) = exemplars::kept(*slot) {
                take(position, exemplar);
            }
            for chunk in SHARDS.iter().filter_map(|shard| shard.sums.get(slot.column())) {
                slot.open_gate(chunk);
            }
        }
    }
}

/// A metric whose values are sums.
pub(crate) type SumFamily<V> = Family<SumStorage<V>, SlotRef>;

impl<V: Number> SumFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        FAMILIES.add(|number| {
            let number = SumFamilyNumber(number, PhantomData);
            Box::leak(Box::new(Self::new(descriptor, SumStorage { number })))
        })
    }

    /// The number of the metric.
    #[inline]
    pub(crate) fn number(&self) -> SumFamilyNumber<V> {
        self.storage.number
    }

    /// The sum of a series; 0 if the series has ended.
    pub(crate) fn sum(slot: SlotRef) -> V {
        // The first use of the shards allocates.
        let _guard = ReentrancyGuard::enter();
        let chunks = SHARDS.iter().filter_map(|shard| shard.sums.get(slot.column()));
        slot.sum(chunks, V::ARITHMETIC).map_or(V::ZERO, V::from_bits)
    }

    /// Adds to a series, unless its sum would become infinite, or that of a counter of integers
    /// would begin anew behind the largest. Returns whether the value was added. `labels` gives
    /// those that an exemplar has, and is called only if the sample can become one.
    #[inline]
    pub(crate) fn add(slot: SlotRef, value: V, labels: impl FnOnce() -> ExemplarLabelsId) -> bool {
        let added = shards::sums(slot.column())
            .and_then(|chunk| slot.add_to_own(chunk, value.to_bits(), V::ARITHMETIC));
        added.unwrap_or_else(|| Self::add_first(slot, value, labels()))
    }

    /// Whether an addition of this thread to the series can become an exemplar: the gate is open,
    /// or the thread does not have a cell for the series yet.
    pub(crate) fn is_gate_open(slot: SlotRef) -> bool {
        shards::sums(slot.column()).is_none_or(|chunk| !slot.has_cell_behind_closed_gate(chunk))
    }

    /// Adds to a series for which this thread does not have a cell yet, or whose gate is open.
    #[cold]
    #[inline(never)]
    fn add_first(slot: SlotRef, value: V, labels: ExemplarLabelsId) -> bool {
        // A value for a series that has ended is dropped.
        if !slot.is_current() {
            return true;
        }
        let bits = value.to_bits();
        let Some(chunk) = shards::own_sums(slot.column()) else {
            return slot.add_to_shared(bits, V::ARITHMETIC);
        };
        let added = slot.adopt_and_add(chunk, bits, V::ARITHMETIC);
        if added && exemplars::are_on() && !ReentrancyGuard::is_active() {
            match exemplars::exemplar_of(value.to_value(), labels) {
                Some(exemplar) => exemplars::keep(slot, exemplar),
                None => slot.leave_open(chunk, exemplars::SAMPLES),
            }
        }
        added
    }
}
