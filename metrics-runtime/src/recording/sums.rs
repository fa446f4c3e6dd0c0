use std::sync::Arc;

use super::{
    AnyLabels, Family, Kind, Number, SeriesLabels, Snapshot,
    cells::{self, Place, Usage},
};
use crate::descriptor::{MetricDescriptor, ValueType};
use osapi_metrics_rules::InstrumentKind;

/// Series whose values are sums of what all threads have added.
#[derive(Debug)]
pub struct Sums(Usage);

impl Sums {
    pub(crate) fn of(descriptor: &MetricDescriptor) -> Self {
        Self(match (descriptor.value_type, descriptor.kind) {
            (ValueType::U64 | ValueType::I64, _) => Usage::Integers,
            (ValueType::F64, InstrumentKind::Counter) => Usage::GrowingFloats,
            (ValueType::F64, _) => Usage::Floats,
        })
    }
}

impl Kind for Sums {
    type Place = Place;

    fn claim(&self, _: &Arc<SeriesLabels>) -> Place {
        cells::claim(self.0)
    }

    fn release(&self, place: Place) {
        cells::release(place);
    }

    fn nowhere(&self) -> Place {
        cells::nowhere()
    }

    fn was_recorded(&self, place: Place) -> bool {
        place.was_written()
    }

    fn find(family: &Family<Self, Place>, labels: &dyn AnyLabels) -> Place {
        family.find(labels)
    }
}

/// A metric whose values are sums.
pub(crate) type SumFamily = Family<Sums, Place>;

impl SumFamily {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, Sums::of(descriptor))))
    }

    /// Adds to a series, unless its sum were infinite; tells whether it has.
    #[inline]
    pub(crate) fn add<V: Number>(place: Place, value: V) -> bool {
        cells::add(place, value.to_bits(), V::ARITHMETIC)
    }

    /// The series and their sums, in the same order.
    pub(crate) fn read<V: Number, T>(
        &self,
        values: &mut Vec<Option<T>>,
        to: impl Fn(V) -> T,
    ) -> Arc<Snapshot<Place>> {
        let all = self.snapshot();
        values.clear();
        values.reserve(all.places.len());
        let value = |bits: Option<u64>| values.push(bits.map(|bits| to(V::from_bits(bits))));
        cells::read(all.places.iter().copied(), value);
        all
    }
}
