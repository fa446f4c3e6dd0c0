use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::resource::{ResourceDetector, TelemetryResourceDetector};

use super::attributes::attribute;
use crate::{
    config::{MetricsConfig, ResourceValue},
    core::snapshot::Resource,
};

/// The resource that the configuration describes, as the SDK has it.
///
/// The SDK's own detectors for `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are left out: the
/// configuration has read both variables, and reports values that the detectors would ignore.
pub(super) fn sdk_resource(config: &MetricsConfig) -> opentelemetry_sdk::Resource {
    let service = config.service_name.clone().unwrap_or_else(unknown_service);
    let attributes = config.resource.iter();
    let attributes = attributes.map(|(key, value)| KeyValue::new(key.clone(), sdk_value(value)));
    let resource = opentelemetry_sdk::Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector) as Box<dyn ResourceDetector>);
    let resource = match &config.resource_schema_url {
        Some(url) => resource.with_schema_url(attributes, url.clone()),
        None => resource.with_attributes(attributes),
    };
    resource.with_service_name(service).build()
}

fn sdk_value(value: &ResourceValue) -> Value {
    match value {
        ResourceValue::Text(text) => Value::from(text.clone()),
        ResourceValue::Bool(value) => Value::from(*value),
        ResourceValue::Int(number) => Value::from(*number),
        ResourceValue::Double(number) => Value::from(*number),
        ResourceValue::Texts(texts) => {
            let texts = texts.iter().cloned().map(StringValue::from);
            Value::Array(Array::String(texts.collect()))
        }
        ResourceValue::Bools(values) => Value::Array(Array::Bool(values.clone())),
        ResourceValue::Ints(numbers) => Value::Array(Array::I64(numbers.clone())),
        ResourceValue::Doubles(numbers) => Value::Array(Array::F64(numbers.clone())),
    }
}

/// The resource as snapshots have it.
pub(super) fn resource(sdk: &opentelemetry_sdk::Resource) -> Resource {
    let mut attributes: Vec<_> =
        sdk.iter().map(|(key, value)| (key.as_str().into(), attribute(value))).collect();
    attributes.sort_by(|(a, _): &(Box<str>, _), (b, _)| a.cmp(b));
    Resource { attributes, schema_url: sdk.schema_url().map(Into::into) }
}

/// The name that the semantic conventions ask for where none is given.
fn unknown_service() -> String {
    let executable = std::env::current_exe().ok();
    let name = executable.as_ref().and_then(|path| path.file_name()?.to_str());
    name.map_or_else(|| "unknown_service".to_owned(), |name| format!("unknown_service:{name}"))
}
