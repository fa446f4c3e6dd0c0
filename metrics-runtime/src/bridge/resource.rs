use opentelemetry::KeyValue;
use opentelemetry_sdk::resource::{ResourceDetector, TelemetryResourceDetector};

use super::attributes::attribute;
use crate::{config::MetricsConfig, core::snapshot::Resource};

/// The resource that the configuration describes, as the SDK has it.
///
/// The SDK's own detectors for `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are left out: the
/// configuration has read both variables, and reports values that the detectors would ignore.
pub(super) fn sdk_resource(config: &MetricsConfig) -> opentelemetry_sdk::Resource {
    let service = config.service_name.clone().unwrap_or_else(unknown_service);
    let attributes = config.resource.iter();
    opentelemetry_sdk::Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector) as Box<dyn ResourceDetector>)
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(service)
        .build()
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
