//! The form of a registry: the part of `file_format: definition/2` that catalogues fill.

use osapi_metrics::catalogue::document::{LabelLimit, ObjectiveDocument, ThresholdDocument};
use serde::Serialize;

/// A file with metrics and attributes.
#[derive(Debug, Serialize)]
pub(super) struct Definitions<'a> {
    pub(super) file_format: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) metrics: Vec<Metric<'a>>,
}

/// An attribute, which the registry defines once.
#[derive(Debug, Serialize)]
pub(super) struct Attribute<'a> {
    pub(super) key: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: AttributeType<'a>,
    pub(super) brief: String,
    pub(super) stability: Stability,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) examples: Vec<&'a str>,
    pub(super) annotations: Annotated<AttributeAnnotations<'a>>,
}

/// The type of the values of an attribute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AttributeType<'a> {
    Boolean,
    String,
    #[serde(untagged)]
    Enum {
        members: Vec<Member<'a>>,
    },
}

/// A value of a closed label.
#[derive(Debug, Serialize)]
pub(super) struct Member<'a> {
    pub(super) id: String,
    pub(super) value: &'a str,
    pub(super) stability: Stability,
}

/// A metric.
#[derive(Debug, Serialize)]
pub(super) struct Metric<'a> {
    pub(super) name: &'a str,
    pub(super) brief: &'a str,
    pub(super) instrument: &'static str,
    pub(super) unit: &'a str,
    pub(super) stability: Stability,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deprecated: Option<Deprecated<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<AttributeRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<MetricExtras<'a>>,
}

/// A use of an attribute by a metric.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AttributeRef<'a> {
    #[serde(rename = "ref")]
    pub(super) key: &'a str,
    pub(super) requirement_level: RequirementLevel,
    pub(super) annotations: Annotated<ValueAnnotations<'a>>,
}

/// The name that a metric had before.
#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(super) enum Deprecated<'a> {
    Renamed { renamed_to: &'a str },
}

/// How settled a definition is. A catalogue does not have it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stability {
    Development,
}

/// Whether each series has the attribute. The labels of a declaration are those of every series.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RequirementLevel {
    Required,
}

/// What the registry's language has no field for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Annotated<T> {
    pub(super) osapi_metrics: T,
}

/// What the registry's language has no field for, and what generators of code look for.
#[derive(Debug, Serialize)]
pub(super) struct MetricExtras<'a> {
    pub(super) code_generation: CodeGeneration,
    pub(super) osapi_metrics: MetricAnnotations<'a>,
}

/// The annotation that OpenTelemetry's own registry has for generators of code.
#[derive(Debug, Serialize)]
pub(super) struct CodeGeneration {
    pub(super) metric_value_type: &'static str,
}

/// The annotations of an attribute.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AttributeAnnotations<'a> {
    pub(super) prometheus_name: &'a str,
}

/// The values that a label has at one metric.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ValueAnnotations<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<&'a [String]>,
    /// `max` or `recent`.
    #[serde(flatten)]
    pub(super) limit: Option<LabelLimit>,
}

/// The annotations of a metric.
#[derive(Debug, Serialize)]
pub(super) struct MetricAnnotations<'a> {
    pub(super) prometheus_name: &'a str,
    pub(super) set: &'a str,
    pub(super) observable: bool,
    pub(super) max_series: usize,
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    pub(super) boundaries: &'a [f64],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) native: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) thresholds: &'a [ThresholdDocument],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) job_events: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) objectives: Vec<Objective<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) absent_until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stale_after_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) otlp_interval_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) runbook: Option<&'a str>,
    pub(super) source: String,
}

/// The objective of a handler whose jobs the metric counts.
#[derive(Debug, Serialize)]
pub(super) struct Objective<'a> {
    pub(super) job: &'a str,
    #[serde(flatten)]
    pub(super) objective: &'a ObjectiveDocument,
}

/// The file that names the registry.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    pub(super) schema_url: String,
    pub(super) description: String,
    pub(super) stability: Stability,
}
