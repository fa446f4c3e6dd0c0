use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, any_value},
    metrics::v1::{ResourceMetrics, ScopeMetrics},
    resource::v1,
};

use osapi_metrics_rules::InstrumentKind;

use crate::core::{
    descriptor::{LabelRef, OwnedLabel},
    snapshot::{Resource, Scope},
    storage::{AttributeRef, AttributeValue},
};

/// The message of a resource, without scopes.
pub(in crate::otlp) fn resource_metrics(resource: &Resource) -> ResourceMetrics {
    ResourceMetrics {
        resource: Some(v1::Resource {
            attributes: owned_attributes(&resource.attributes),
            ..v1::Resource::default()
        }),
        scope_metrics: Vec::new(),
        schema_url: resource.schema_url.as_deref().unwrap_or_default().to_owned(),
    }
}

/// The message of a scope, without metrics.
pub(in crate::otlp) fn scope_metrics(scope: &Scope) -> ScopeMetrics {
    ScopeMetrics {
        scope: Some(InstrumentationScope {
            name: scope.name.to_string(),
            version: scope.version.as_deref().unwrap_or_default().to_owned(),
            attributes: owned_attributes(&scope.attributes),
            ..InstrumentationScope::default()
        }),
        metrics: Vec::new(),
        schema_url: scope.schema_url.as_deref().unwrap_or_default().to_owned(),
    }
}

/// The attributes of a series, the constant ones among them.
pub(in crate::otlp) fn series_attributes<'a>(
    attributes: impl Iterator<Item = (&'a str, AttributeRef<'a>)>,
) -> Vec<KeyValue> {
    attributes
        .map(|(key, value)| match value {
            AttributeRef::Label(label) => key_value(key, label_value(label)),
            AttributeRef::Other(value) => key_value(key, other_value(value)),
        })
        .collect()
}

/// The metadata of a metric: the type of an info or a state set, which OTLP does not have. An
/// exporter to Prometheus gives the metric this type again, as OpenTelemetry's "Prometheus and
/// `OpenMetrics` Compatibility" asks.
pub(super) fn metadata(kind: InstrumentKind) -> Vec<KeyValue> {
    match kind {
        InstrumentKind::Info | InstrumentKind::StateSet => {
            let of_type = any_value::Value::StringValue(kind.openmetrics_type().to_owned());
            vec![key_value("prometheus.type", of_type)]
        }
        InstrumentKind::Counter
        | InstrumentKind::UpDownCounter
        | InstrumentKind::Gauge
        | InstrumentKind::Histogram => Vec::new(),
    }
}

/// The attributes that an exemplar has and its series does not.
pub(super) fn exemplar_attributes(labels: &[(&'static str, OwnedLabel)]) -> Vec<KeyValue> {
    labels.iter().map(|(key, value)| key_value(key, label_value(value.borrow()))).collect()
}

fn owned_attributes(attributes: &[(Box<str>, AttributeValue)]) -> Vec<KeyValue> {
    attributes.iter().map(|(key, value)| key_value(key, other_value(value))).collect()
}

fn key_value(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), ..KeyValue::default() }
}

/// OTLP has no unsigned integers: beyond the signed ones, the digits are a text.
fn label_value(label: LabelRef<'_>) -> any_value::Value {
    match label {
        LabelRef::Str(text) => any_value::Value::StringValue(text.to_owned()),
        LabelRef::Bool(flag) => any_value::Value::BoolValue(flag),
        LabelRef::Int(number) => any_value::Value::IntValue(number),
        LabelRef::Uint(number) => any_value::Value::StringValue(number.to_string()),
    }
}

fn other_value(value: &AttributeValue) -> any_value::Value {
    use any_value::Value;

    match value {
        AttributeValue::Str(text) => Value::StringValue(text.to_string()),
        AttributeValue::Bool(flag) => Value::BoolValue(*flag),
        AttributeValue::Int(number) => Value::IntValue(*number),
        AttributeValue::Double(number) => Value::DoubleValue(*number),
        AttributeValue::Strs(texts) => array(texts, |text| Value::StringValue(text.to_string())),
        AttributeValue::Bools(flags) => array(flags, |flag| Value::BoolValue(*flag)),
        AttributeValue::Ints(numbers) => array(numbers, |number| Value::IntValue(*number)),
        AttributeValue::Doubles(numbers) => array(numbers, |number| Value::DoubleValue(*number)),
    }
}

fn array<T>(values: &[T], value: impl Fn(&T) -> any_value::Value) -> any_value::Value {
    let values = values.iter().map(|item| any(value(item))).collect();
    any_value::Value::ArrayValue(ArrayValue { values })
}

fn any(value: any_value::Value) -> AnyValue {
    AnyValue { value: Some(value) }
}
