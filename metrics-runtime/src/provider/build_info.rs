use opentelemetry::{Key, KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};

/// The name of the metric that identifies the build.
///
/// The metric is not in a set: rule N6 reserves `_info` for metrics whose labels carry the
/// information, which are this metric and the resource.
pub(super) const BUILD_INFO: &str = "osapi_build_info";

/// The attribute of the semantic conventions for the version of a service.
pub(crate) const SERVICE_VERSION: &str = "service.version";
/// The attribute of the semantic conventions for the commit that a service was built from.
pub(crate) const REVISION: &str = "vcs.ref.head.revision";

/// The labels that identify the build, taken from its resource.
pub(super) fn of(resource: &Resource) -> [KeyValue; 3] {
    let value_of = |attribute: &'static str| {
        let value = resource.get(&Key::from_static_str(attribute)).map(|value| value.to_string());
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| "unknown".to_owned())
    };
    [
        KeyValue::new("version", value_of(SERVICE_VERSION)),
        KeyValue::new("revision", value_of(REVISION)),
        KeyValue::new("osapi_metrics_version", env!("CARGO_PKG_VERSION")),
    ]
}

/// Exports the build as the labels of a value that is always 1. A query joins this metric with any
/// other metric of the process. If each metric had the version as a label, each release would begin
/// new series of all of them.
pub(super) fn observe(sdk: &SdkMeterProvider, build: [KeyValue; 3]) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let gauge = meter
        .u64_observable_gauge(BUILD_INFO)
        .with_description("The build that runs, in its labels; always 1.");
    let _ = gauge.with_callback(move |gauge| gauge.observe(1, &build)).build();
}
