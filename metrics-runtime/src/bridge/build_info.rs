use std::{borrow::Cow, sync::Arc};

use opentelemetry::{Key, KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};
use osapi_metrics_rules::InstrumentKind;

use super::attributes::attribute;
use crate::core::{
    snapshot::{Exemplars, MetricIdentity, MetricSnapshot, Scope, Values},
    storage::{SeriesLabels, Value},
    sync::Timestamp,
};

/// The name of the metric that identifies the build.
///
/// The metric is not in a set: rule N6 reserves `_info` for metrics whose labels carry the
/// information, which are this metric and the resource.
pub(crate) const BUILD_INFO: &str = "osapi_build_info";

const HELP: &str = "The build that runs, in its labels; always 1.";

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

/// The build as the labels of a value that is always 1. A query joins this metric with any other
/// metric of the process. If each metric had the version as a label, each release would begin new
/// series of all of them.
pub(super) fn snapshot(build: &[KeyValue]) -> MetricSnapshot {
    let scope = Scope { name: Cow::Borrowed(env!("CARGO_PKG_NAME")), ..Scope::default() };
    let attributes = build.iter().map(|label| (label.key.as_str().into(), attribute(&label.value)));
    let labels = SeriesLabels::of_attributes(attributes.collect(), Timestamp::now());
    MetricSnapshot {
        identity: Arc::new(MetricIdentity {
            scope,
            name: Cow::Borrowed(BUILD_INFO),
            unit: Cow::Borrowed(""),
            help: Cow::Borrowed(HELP),
            kind: InstrumentKind::Gauge,
        }),
        constants: &[],
        series: Arc::new([Arc::new(labels)]),
        values: Values::Numbers(vec![Some(Value::U64(1))]),
        exemplars: Exemplars::default(),
    }
}

/// Exports the build through the SDK, to readers and views of the user.
pub(super) fn observe(sdk: &SdkMeterProvider, build: [KeyValue; 3]) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let gauge = meter.u64_observable_gauge(BUILD_INFO);
    let gauge = gauge.with_description(HELP).with_callback(move |gauge| gauge.observe(1, &build));
    let _ = gauge.build();
}

/// Creates the instrument without a value.
pub(super) fn create_unattached(sdk: &SdkMeterProvider) {
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let gauge = meter.u64_observable_gauge(BUILD_INFO);
    let _ = gauge.with_description(HELP).build();
}
