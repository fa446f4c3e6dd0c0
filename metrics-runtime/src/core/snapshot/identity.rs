use std::borrow::Cow;

use osapi_metrics_rules::InstrumentKind;

use crate::core::{descriptor::MetricDescriptor, storage::AttributeValue};

/// What identifies a metric and describes it. It does not change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MetricIdentity {
    pub(crate) scope: Scope,
    pub(crate) name: Cow<'static, str>,
    /// The unit as OpenTelemetry writes it; empty without a unit.
    pub(crate) unit: Cow<'static, str>,
    pub(crate) help: Cow<'static, str>,
    pub(crate) kind: InstrumentKind,
}

/// The instrumentation scope of OpenTelemetry: the library that declares the instrument.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scope {
    pub(crate) name: Cow<'static, str>,
    pub(crate) version: Option<Cow<'static, str>>,
    pub(crate) schema_url: Option<Box<str>>,
    pub(crate) attributes: Vec<(Box<str>, AttributeValue)>,
}

impl MetricIdentity {
    /// The identity of a declared metric.
    pub(crate) fn of(metric: &MetricDescriptor) -> Self {
        let origin = &metric.origin;
        let scope = Scope {
            name: Cow::Borrowed(origin.package),
            version: Some(Cow::Borrowed(origin.version)),
            ..Scope::default()
        };
        Self {
            scope,
            name: Cow::Borrowed(metric.name),
            unit: Cow::Borrowed(metric.unit.unwrap_or_default()),
            help: Cow::Borrowed(metric.help.trim()),
            kind: metric.kind,
        }
    }
}
