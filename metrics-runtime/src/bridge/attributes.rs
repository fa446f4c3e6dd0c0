use std::sync::Arc;

use opentelemetry::{Array, KeyValue, StringValue, Value};

use crate::core::{
    descriptor::{ConstantLabel, LabelRef, MetricDescriptor},
    snapshot::set_constants,
    storage::{AllSeries, AttributeRef, AttributeValue, SeriesLabels},
};

/// The attributes of a series with the constant labels of its set, sorted by key. In this order the
/// SDK finds a series without sorting a copy first.
pub(super) fn sdk_attributes(labels: &SeriesLabels, of_set: &[ConstantLabel]) -> Box<[KeyValue]> {
    let attributes = labels.attributes().chain(set_constants(of_set));
    let attributes = attributes.filter_map(|(key, value)| match value {
        AttributeRef::Label(label) => Some(KeyValue::new(key.to_owned(), sdk_value(label))),
        // Only series of the SDK itself have them.
        AttributeRef::Other(_) => None,
    });
    let mut attributes: Box<[_]> = attributes.collect();
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    attributes
}

fn sdk_value(label: LabelRef<'_>) -> Value {
    match label {
        LabelRef::Str(text) => Value::from(text.to_owned()),
        LabelRef::Bool(value) => Value::from(value),
        LabelRef::Int(value) => Value::from(value),
        LabelRef::Uint(value) => Value::from(value.to_string()),
    }
}

/// The value of an attribute of the SDK, as snapshots have it.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::I64(value) => AttributeValue::Int(*value),
        Value::F64(value) => AttributeValue::Double(*value),
        Value::String(text) => AttributeValue::Str(text.as_str().into()),
        Value::Array(Array::Bool(values)) => AttributeValue::Bools(values.as_slice().into()),
        Value::Array(Array::I64(values)) => AttributeValue::Ints(values.as_slice().into()),
        Value::Array(Array::F64(values)) => AttributeValue::Doubles(values.as_slice().into()),
        Value::Array(Array::String(texts)) => {
            AttributeValue::Strs(texts.iter().map(StringValue::as_str).map(Into::into).collect())
        }
        // The enums of the SDK can grow.
        other => AttributeValue::Str(other.as_str().into()),
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
    /// The attributes of each series of a metric, in the order of the series.
    pub(super) fn of(
        &mut self,
        metric: &MetricDescriptor,
        series: &AllSeries,
    ) -> &[Box<[KeyValue]>] {
        if !self.series.as_ref().is_some_and(|known| Arc::ptr_eq(known, series)) {
            self.attributes = series
                .iter()
                .map(|labels| sdk_attributes(labels, metric.constant_labels))
                .collect();
            self.series = Some(Arc::clone(series));
        }
        &self.attributes
    }
}
