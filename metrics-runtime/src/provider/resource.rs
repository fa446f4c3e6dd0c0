use opentelemetry::KeyValue;
use opentelemetry_sdk::{
    Resource,
    resource::{ResourceDetector, TelemetryResourceDetector},
};

use crate::config::MetricsConfig;

/// The resource that the configuration describes.
///
/// The SDK's own detectors for `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are left out: the
/// configuration has read both variables, and reports values that the detectors would ignore.
pub(super) fn resource(config: &MetricsConfig) -> Resource {
    let service = config.service_name.clone().unwrap_or_else(unknown_service);
    let attributes = config.resource.iter();
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector) as Box<dyn ResourceDetector>)
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(service)
        .build()
}

/// The name that the semantic conventions ask for where none is given.
fn unknown_service() -> String {
    let executable = std::env::current_exe().ok();
    let name = executable.as_ref().and_then(|path| path.file_name()?.to_str());
    name.map_or_else(|| "unknown_service".to_owned(), |name| format!("unknown_service:{name}"))
}
