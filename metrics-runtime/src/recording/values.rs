use std::sync::Arc;

use super::{
    AnyLabels, Family, Kind, Number, SeriesLabels, Snapshot,
    cells::{self, Place, Usage},
};
use crate::descriptor::MetricDescriptor;

/// Series whose values are set.
#[derive(Debug)]
pub struct Values;

impl Kind for Values {
    type Place = Place;

    fn claim(&self, _: &Arc<SeriesLabels>) -> Place {
        cells::claim(Usage::Values)
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

/// A metric whose values are set.
pub(crate) type ValueFamily = Family<Values, Place>;

impl ValueFamily {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, Values)))
    }

    #[inline]
    pub(crate) fn set<V: Number>(&self, place: Place, value: V) {
        if self.is_open() {
            place.set(value.to_bits());
        } else {
            place.shared().set(value.to_bits());
        }
    }

    pub(crate) fn clear(&self, place: Place) {
        if self.is_open() {
            place.clear();
        } else {
            place.shared().clear();
        }
    }

    /// The series and their values, in the same order.
    pub(crate) fn read<V: Number, T>(
        &self,
        values: &mut Vec<Option<T>>,
        to: impl Fn(V) -> T,
    ) -> Arc<Snapshot<Place>> {
        let all = self.snapshot();
        let value = |place: &Place| place.value().map(|bits| to(V::from_bits(bits)));
        values.clear();
        values.extend(all.places.iter().map(value));
        all
    }
}
