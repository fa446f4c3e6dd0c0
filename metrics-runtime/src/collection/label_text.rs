use std::borrow::Cow;

use crate::core::{
    descriptor::LabelRef,
    storage::{AttributeRef, AttributeValue},
};

/// The value of an attribute as the text of a label: a string without a change, and any other value
/// as JSON.
pub(crate) fn label_text(value: AttributeRef<'_>) -> Cow<'_, str> {
    fn list<T: ToString>(items: &[T]) -> Cow<'static, str> {
        let items: Vec<_> = items.iter().map(ToString::to_string).collect();
        Cow::Owned(format!("[{}]", items.join(",")))
    }
    match value {
        AttributeRef::Label(LabelRef::Str(text)) => Cow::Borrowed(text),
        AttributeRef::Label(other) => Cow::Owned(other.to_string()),
        AttributeRef::Other(AttributeValue::Str(text)) => Cow::Borrowed(text),
        AttributeRef::Other(AttributeValue::Bool(value)) => Cow::Owned(value.to_string()),
        AttributeRef::Other(AttributeValue::Int(value)) => Cow::Owned(value.to_string()),
        AttributeRef::Other(AttributeValue::Double(value)) => Cow::Owned(value.to_string()),
        AttributeRef::Other(AttributeValue::Strs(texts)) => {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            Cow::Owned(serde_json::Value::from(texts).to_string())
        }
        AttributeRef::Other(AttributeValue::Bools(values)) => list(values),
        AttributeRef::Other(AttributeValue::Ints(values)) => list(values),
        AttributeRef::Other(AttributeValue::Doubles(values)) => list(values),
    }
}
