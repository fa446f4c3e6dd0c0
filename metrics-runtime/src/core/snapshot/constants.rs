use super::label_key::sanitize;
use crate::core::{
    descriptor::{ConstantLabel, LabelRef},
    storage::{AttributeRef, AttributeValue, SeriesLabels},
};

/// Labels that every series of a runtime has.
#[derive(Debug, Default)]
pub(crate) struct ConstantLabels(Box<[(Box<str>, AttributeValue)]>);

impl ConstantLabels {
    pub(crate) fn new<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let labels = labels.into_iter();
        Self(labels.map(|(key, text)| (key.into(), AttributeValue::Str(text.into()))).collect())
    }

    /// The attributes of a series of a metric with its set's constant labels, and behind them the
    /// runtime's.
    ///
    /// A label of the series itself stays as it is. Only series of other libraries can have the key
    /// of a constant label; declared metrics that have one are refused, as are equal keys of a set
    /// and a runtime.
    pub(crate) fn attributes_of<'a>(
        &'a self,
        of_set: &'a [ConstantLabel],
        series: &'a SeriesLabels,
    ) -> impl Iterator<Item = (&'a str, AttributeRef<'a>)> {
        let is_free = |key: &str| series.attributes().all(|(own, _)| sanitize(own) != key);
        let constants = self.0.iter().filter(move |(key, _)| is_free(key));
        let constants = constants.map(|(key, value)| (&**key, AttributeRef::Other(value)));
        series.attributes().chain(set_constants(of_set)).chain(constants)
    }
}

/// The constant labels of a set as attributes.
pub(crate) fn set_constants(
    labels: &[ConstantLabel],
) -> impl Iterator<Item = (&str, AttributeRef<'_>)> {
    labels.iter().map(|label| (label.key, AttributeRef::Label(LabelRef::Str(label.value))))
}
