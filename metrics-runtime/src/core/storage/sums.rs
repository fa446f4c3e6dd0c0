use std::{marker::PhantomData, sync::Arc};

use osapi_metrics_rules::InstrumentKind;

use super::{
    cells::{self, CellKind, SlotRef},
    number::Number,
    series::{Family, ReadSeries, SeriesLabels, SeriesStorage},
    value::Value,
};
use crate::core::descriptor::{MetricDescriptor, ValueType};

/// The storage of series whose values are sums of the additions of all threads.
#[derive(Debug)]
pub struct SumStorage<V> {
    cells: CellKind,
    value: PhantomData<fn(V)>,
}

impl<V: Number> SumStorage<V> {
    fn of(descriptor: &MetricDescriptor) -> Self {
        let cells = match (V::TYPE, descriptor.kind) {
            (ValueType::U64 | ValueType::I64, _) => CellKind::Integers,
            (ValueType::F64, InstrumentKind::Counter) => CellKind::GrowingFloats,
            (ValueType::F64, _) => CellKind::Floats,
        };
        Self { cells, value: PhantomData }
    }
}

impl<V: Number> SeriesStorage for SumStorage<V> {
    type Slot = SlotRef;

    fn claim(&self, _: &Arc<SeriesLabels>) -> SlotRef {
        cells::claim(self.cells)
    }

    fn release(&self, slot: SlotRef) {
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

impl<V: Number> ReadSeries for SumStorage<V> {
    fn read(&self, slots: &[SlotRef], values: &mut Vec<Option<Value>>) {
        let push = |bits: Option<u64>| values.push(bits.map(|bits| V::from_bits(bits).to_value()));
        cells::read(slots.iter().copied(), push);
    }
}

/// A metric whose values are sums.
pub(crate) type SumFamily<V> = Family<SumStorage<V>, SlotRef>;

impl<V: Number> SumFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, SumStorage::of(descriptor))))
    }

    /// Adds to a series, unless its sum would become infinite. Returns whether the value was added.
    #[inline]
    pub(crate) fn add(slot: SlotRef, value: V) -> bool {
        cells::add(slot, value.to_bits(), V::ARITHMETIC)
    }
}
