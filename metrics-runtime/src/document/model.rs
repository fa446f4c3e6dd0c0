use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every set, metric and handler of a program, as data.
///
/// [`Catalogue::document`](crate::Catalogue::document) makes it,
/// [`to_json`](Self::to_json) writes it, and [`from_json`](Self::from_json) reads it. Two programs
/// with the same declarations have the same document, whatever the order of their crates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "the object of a catalogue")]
#[non_exhaustive]
pub struct CatalogueDocument {
    /// The version of the form of the document. A field that is added leaves it as it is.
    pub schema_version: u32,
    /// The sets, sorted by package, module and name.
    #[serde(default)]
    pub sets: Vec<SetDocument>,
    /// The functions with `#[instrumented_job]`, sorted by the names of their jobs.
    #[serde(default)]
    pub jobs: Vec<JobDocument>,
    /// The dashboards, sorted by title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dashboards: Vec<DashboardDocument>,
}

/// A set: a struct that derives `MetricSet`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `sets`")]
#[non_exhaustive]
pub struct SetDocument {
    /// The name of the type.
    pub name: String,
    /// The package that declares it.
    pub package: String,
    /// The module that declares it.
    #[serde(default)]
    pub module: String,
    /// The first paragraph of the documentation of the type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The rest of the documentation of the type, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub details: String,
    /// The page that says what to do when an alert of the set fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// The metrics, in the order of the fields.
    #[serde(default)]
    pub metrics: Vec<MetricDocument>,
}

/// A metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `metrics`")]
#[non_exhaustive]
pub struct MetricDocument {
    /// The OpenTelemetry name.
    pub name: String,
    /// The name in a Prometheus scrape, without the suffixes of a histogram's samples.
    pub prometheus_name: String,
    /// The names of all samples in a Prometheus scrape.
    #[serde(default)]
    pub samples: Vec<String>,
    /// `counter`, `up_down_counter`, `gauge`, `histogram`, `info` or `state_set`.
    pub kind: String,
    /// Whether the values are read at each collection rather than recorded.
    #[serde(default)]
    pub observable: bool,
    /// `u64`, `i64` or `f64`.
    #[serde(default)]
    pub value_type: String,
    /// The unit as a UCUM code or an annotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The description, which Prometheus shows as HELP.
    #[serde(default)]
    pub description: String,
    /// What the documentation says beside the description, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub details: String,
    /// The labels of every series. The constant ones of the set are the last ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelDocument>,
    /// The upper boundaries of a histogram's buckets, without `+Inf`: the configured ones in the
    /// document of a running program, else the declared ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boundaries: Vec<f64>,
    /// Whether the samples of a histogram are in native buckets too: as the configuration of a
    /// running program says, else the declaration.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub native: bool,
    /// The most series, without the overflow series.
    #[serde(default)]
    pub max_series: usize,
    /// The events of jobs that the metric records: the words after `on`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// The OpenTelemetry name that the metric had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Until when a program has no values of the metric, as the end of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_until: Option<String>,
    /// The time without a new value after which an alert fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_after_seconds: Option<f64>,
    /// The values beyond which somebody has to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<ThresholdDocument>,
    /// The interval of the push over OTLP, in the document of a program that pushes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp_interval_seconds: Option<f64>,
    /// The place of the declaration.
    #[serde(default)]
    pub source: SourceDocument,
}

/// A label of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ReadLabel")]
#[non_exhaustive]
pub struct LabelDocument {
    /// The key of the attribute in OpenTelemetry.
    pub key: String,
    /// The name of the label in a Prometheus scrape.
    pub prometheus_name: String,
    /// All values that the label can have. Absent if they are not known before the program runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Whether the set gives all of its series the one value: a constant label, in which
    /// no two series of the set differ.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub constant: bool,
    /// The limit of the values, if they are not known before the program runs.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LabelLimit>,
}

/// A label as it is written: a flattened limit would pass over one that is no number.
#[derive(Deserialize)]
#[serde(expecting = "an object of `labels`")]
struct ReadLabel {
    key: String,
    prometheus_name: String,
    #[serde(default)]
    values: Option<Vec<String>>,
    #[serde(default)]
    constant: bool,
    #[serde(default)]
    max: Option<usize>,
    #[serde(default)]
    recent: Option<usize>,
}

impl TryFrom<ReadLabel> for LabelDocument {
    type Error = &'static str;

    fn try_from(label: ReadLabel) -> Result<Self, Self::Error> {
        let ReadLabel { key, prometheus_name, values, constant, max, recent } = label;
        let limit = match (max, recent) {
            (Some(_), Some(_)) => return Err("a label has both `max` and `recent`"),
            (Some(max), None) => Some(LabelLimit::Max(max)),
            (None, recent) => recent.map(LabelLimit::Recent),
        };
        Ok(Self { key, prometheus_name, values, constant, limit })
    }
}

/// How many values a label can have that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelLimit {
    /// The most different values. Further ones are recorded in the overflow series.
    Max(usize),
    /// The values that have series at a time: the most recently used ones.
    Recent(usize),
}

/// A value of a metric beyond which somebody has to know.
///
/// It is compared with the value of a gauge, with the increase per second of a counter, or with a
/// quantile of a histogram.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `thresholds`")]
#[non_exhaustive]
pub struct ThresholdDocument {
    /// `warning` or `critical`.
    pub severity: String,
    /// `above`, `below`, `at_least` or `at_most`.
    pub comparison: String,
    /// The value.
    pub value: f64,
    /// The quantile of a histogram, between 0 and 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// How long the metric has to be beyond the value.
    #[serde(default)]
    pub lasting_seconds: f64,
}

/// A function with `#[instrumented_job]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `jobs`")]
#[non_exhaustive]
pub struct JobDocument {
    /// The name of the jobs.
    pub name: String,
    /// The name of the set that the jobs are recorded in.
    pub set: String,
    /// The package that declares this set.
    #[serde(default)]
    pub set_package: String,
    /// The labels that all jobs of the function have, by their names in a Prometheus scrape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The keys of the attribute that add measurements to a job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// The service-level objective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<ObjectiveDocument>,
    /// The upper boundaries of the buckets for the durations of the jobs, without `+Inf`, in the
    /// unit of the histogram. Absent if they are those of the histogram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundaries: Option<Vec<f64>>,
    /// The place of the function.
    #[serde(default)]
    pub source: SourceDocument,
}

/// A service-level objective: the share of jobs that complete within a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "the object of an `objective`")]
#[non_exhaustive]
pub struct ObjectiveDocument {
    /// The longest duration of a good job.
    pub latency_seconds: f64,
    /// The share of good jobs, between 0 and 1.
    pub target: f64,
    /// The fewest jobs in the shortest window of an alert that make it count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_events: Option<u64>,
}

/// A dashboard that is declared with `dashboard!`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `dashboards`")]
#[non_exhaustive]
pub struct DashboardDocument {
    /// The title.
    pub title: String,
    /// What the dashboard is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The panels, from the left to the right and from the top to the bottom.
    #[serde(default)]
    pub panels: Vec<PanelDocument>,
    /// The place of the declaration.
    #[serde(default)]
    pub source: SourceDocument,
}

/// A panel of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `panels`")]
#[non_exhaustive]
pub struct PanelDocument {
    /// The title.
    pub title: String,
    /// What a reader has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// `lines`, `stacked`, `gauge`, `figure` or `states`.
    pub kind: String,
    /// The queries.
    #[serde(default)]
    pub queries: Vec<ExpressionDocument>,
    /// The unit, if it is not that of the metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The lowest and the highest value of the scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The states that the values of a panel of the kind `states` stand for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateDocument>,
    /// The values from which on the panel is yellow or red.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<ThresholdDocument>,
    /// The name of the alert that fires at the thresholds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
}

/// A state that a value of a gauge stands for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of `states`")]
#[non_exhaustive]
pub struct StateDocument {
    /// The value.
    pub value: f64,
    /// The name of the state.
    pub name: String,
    /// `green`, `yellow` or `red`.
    pub colour: String,
}

/// A query of a panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object of a query")]
#[non_exhaustive]
pub struct ExpressionDocument {
    /// `rate`, `increase`, `sum`, `highest`, `latest`, `quantile`, `mean`, `ratio` or `total`.
    pub operation: String,
    /// The OpenTelemetry name of the metric; absent for a ratio and a total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The quantile of a `quantile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// The labels whose values select the series, by their names in a Prometheus scrape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
    /// The labels that the result has, by their names in a Prometheus scrape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The expressions that a ratio or a total is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operands: Vec<ExpressionDocument>,
    /// The name in the legend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legend: Option<String>,
}

/// The place of a declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "the object of a `source`")]
#[non_exhaustive]
pub struct SourceDocument {
    /// The file: of a package in the workspace, from the root of the workspace; of a dependency,
    /// from the root of its package.
    pub file: String,
    /// The line.
    #[serde(default)]
    pub line: u32,
}
