use std::{marker::PhantomData, sync::Arc};

use super::{
    cells::{self, CellKind, SlotRef},
    number::Number,
    series::{Family, ReadSeries, SeriesLabels, SeriesStorage},
    value::Value,
};
use crate::core::{descriptor::MetricDescriptor, sync::ReentrancyGuard};

/// The storage of series whose values are set.
#[derive(Debug)]
pub struct LastValueStorage<V>(PhantomData<fn(V)>);

impl<V> LastValueStorage<V> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<V: Number> SeriesStorage for LastValueStorage<V> {
    type Slot = SlotRef;

    fn claim(&self, _: &Arc<SeriesLabels>) -> SlotRef {
        let _guard = ReentrancyGuard::enter();
        cells::claim(CellKind::LastValues)
    }

    fn release(&self, slot: SlotRef) {
        let _guard = ReentrancyGuard::enter();
        cells::release(slot);
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

impl<V: Number> ReadSeries for LastValueStorage<V> {
    fn read(&self, slots: &[SlotRef], values: &mut Vec<Option<Value>>) {
        let value = |slot: &SlotRef| slot.value().map(|bits| V::from_bits(bits).to_value());
        values.extend(slots.iter().map(value));
    }
}

/// A metric whose values are set.
pub(crate) type LastValueFamily<V> = Family<LastValueStorage<V>, SlotRef>;

impl<V: Number> LastValueFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, LastValueStorage::new())))
    }

    #[inline]
    pub(crate) fn set(&self, slot: SlotRef, value: V) {
        if self.is_open() {
            slot.set(value.to_bits());
        } else {
            slot.shared().set(value.to_bits());
        }
    }

    /// The value of a series, if one is set and the series has not ended.
    pub(crate) fn value(slot: SlotRef) -> Option<V> {
        slot.value().map(V::from_bits)
    }

    pub(crate) fn clear(&self, slot: SlotRef) {
        if self.is_open() {
            slot.clear();
        } else {
            slot.shared().clear();
        }
    }
}
