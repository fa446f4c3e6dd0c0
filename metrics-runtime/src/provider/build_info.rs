use opentelemetry::{Key, KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};

/// The name of the metric that says which build runs.
///
/// It is no metric of a set: rule N6 keeps `_info` for those that say something else than a number, of which there
/// is this one and the resource itself.
pub(super) const BUILD_INFO: &str = "osapi_build_info";

/// What the semantic conventions call the version of a service.
pub(crate) const SERVICE_VERSION: &str = "service.version";
/// What they call the commit that it was built from.
pub(crate) const REVISION: &str = "vcs.ref.head.revision";

/// Which build runs, as its resource says.
pub(super) fn of(resource: &Resource) -> [KeyValue; 3] {
    let told = |attribute: &'static str| {
        let told = resource.get(&Key::from_static_str(attribute)).map(|value| value.to_string());
        told.filter(|value| !value.is_empty()).unwrap_or_else(|| "unknown".to_owned())
    };
    [
        KeyValue::new("version", told(SERVICE_VERSION)),
        KeyValue::new("revision", told(REVISION)),
        KeyValue::new("osapi_metrics_version", env!("CARGO_PKG_VERSION")),
    ]
}

/// Exports the build as the labels of a value that is always 1: a query joins it with any other metric of the
/// process, each of which would begin anew with every release if the version were a label of its own.
pub(super) fn observe(sdk: &SdkMeterProvider, build: [KeyValue; 3]) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let gauge = meter
        .u64_observable_gauge(BUILD_INFO)
        .with_description("The build that runs, in its labels; always 1.");
    let _ = gauge.with_callback(move |gauge| gauge.observe(1, &build)).build();
}
