use std::sync::Arc;

use opentelemetry::{KeyValue, Value};

use crate::core::{
    descriptor::LabelRef,
    storage::{AllSeries, SeriesLabels},
};

/// The attributes of a series, sorted by key. In this order the SDK finds a series without sorting
/// a copy first.
pub(super) fn attributes(labels: &SeriesLabels) -> Box<[KeyValue]> {
    let mut attributes: Box<[_]> =
        labels.attributes().map(|(key, value)| KeyValue::new(key, to_value(value))).collect();
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    attributes
}

fn to_value(label: LabelRef<'_>) -> Value {
    match label {
        LabelRef::Str(text) => Value::from(text.to_owned()),
        LabelRef::Bool(value) => Value::from(value),
        LabelRef::Int(value) => Value::from(value),
    }
}

/// The attributes of all series of an instrument, kept from one collection to the next.
#[derive(Debug, Default)]
pub(super) struct AttributeCache {
    /// The series that the attributes belong to. While the list is kept, no other list has its
    /// address.
    series: Option<AllSeries>,
    attributes: Vec<Box<[KeyValue]>>,
}

impl AttributeCache {
    /// The attributes of each series, in the order of the series.
    pub(super) fn of(&mut self, series: &AllSeries) -> &[Box<[KeyValue]>] {
        if !self.series.as_ref().is_some_and(|known| Arc::ptr_eq(known, series)) {
            self.attributes = series.iter().map(|labels| attributes(labels)).collect();
            self.series = Some(Arc::clone(series));
        }
        &self.attributes
    }
}
