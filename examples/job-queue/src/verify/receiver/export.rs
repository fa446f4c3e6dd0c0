//! What a request over OTLP in JSON says, as far as the measurement needs it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Deserialize;

/// The counter with the ends of jobs.
const JOBS: &str = "jobs_processed_total";

/// An export that the receiver has accepted.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::verify) struct Export {
    /// When the whole request was there.
    pub(in crate::verify) arrived: SystemTime,
    /// The metrics, each with the time of its newest point: when it was collected.
    pub(in crate::verify) metrics: BTreeMap<String, SystemTime>,
    /// The jobs that have completed, if the export has them.
    pub(in crate::verify) completed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    resource_metrics: Vec<ResourceMetrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceMetrics {
    #[serde(default)]
    scope_metrics: Vec<ScopeMetrics>,
}

#[derive(Deserialize)]
struct ScopeMetrics {
    #[serde(default)]
    metrics: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    name: String,
    gauge: Option<Points>,
    sum: Option<Points>,
    histogram: Option<Points>,
    exponential_histogram: Option<Points>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Points {
    #[serde(default)]
    data_points: Vec<Point>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Point {
    #[serde(default)]
    attributes: Vec<Attribute>,
    time_unix_nano: Long,
    as_int: Option<Long>,
}

#[derive(Deserialize)]
struct Attribute {
    key: String,
    value: AttributeValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttributeValue {
    string_value: Option<String>,
}

/// An integer of 64 bits, which is a text or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Long {
    Text(String),
    Number(u64),
}

impl Export {
    /// Reads the body of a request.
    pub(super) fn read(body: &[u8], arrived: SystemTime) -> Result<Self, String> {
        let request: Request = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let mut export = Self { arrived, metrics: BTreeMap::new(), completed: None };
        let scopes = request.resource_metrics.into_iter().flat_map(|of| of.scope_metrics);
        for metric in scopes.flat_map(|scope| scope.metrics) {
            export.add(metric)?;
        }
        Ok(export)
    }

    /// When the metrics of a group were collected; `None` if the export has none of them.
    pub(in crate::verify) fn collected(&self, is_of: impl Fn(&str) -> bool) -> Option<SystemTime> {
        let of_group = self.metrics.iter().filter(|(name, _)| is_of(name));
        of_group.map(|(_, collected)| *collected).max()
    }

    fn add(&mut self, metric: Metric) -> Result<(), String> {
        let Metric { name, gauge, sum, histogram, exponential_histogram } = metric;
        let lists = [gauge, sum, histogram, exponential_histogram].into_iter().flatten();
        let points: Vec<_> = lists.flat_map(|points| points.data_points).collect();
        for point in &points {
            let time = point.time_unix_nano.number()?;
            let time = UNIX_EPOCH + Duration::from_nanos(time);
            let newest = self.metrics.entry(name.clone()).or_insert(time);
            *newest = time.max(*newest);
        }
        if name == JOBS {
            for point in points.iter().filter(|point| point.is_completed()) {
                let jobs = point.as_int.as_ref().map_or(Ok(0), Long::number)?;
                *self.completed.get_or_insert(0) += jobs;
            }
        }
        Ok(())
    }
}

impl Point {
    fn is_completed(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            attribute.key == "status"
                && attribute.value.string_value.as_deref() == Some("completed")
        })
    }
}

impl Long {
    fn number(&self) -> Result<u64, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => {
                text.parse().map_err(|error| format!("`{text}` is not a number: {error}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_jobs_of_a_request_are_read() {
        let body = r#"{"resourceMetrics": [{"resource": {}, "scopeMetrics": [
            {"scope": {"name": "job-queue"}, "metrics": [
                {"name": "jobs_processed_total", "sum": {"isMonotonic": true, "dataPoints": [
                    {"attributes": [{"key": "status", "value": {"stringValue": "completed"}}],
                     "timeUnixNano": "3000000000", "asInt": "7"},
                    {"attributes": [{"key": "status", "value": {"stringValue": "completed"}}],
                     "timeUnixNano": "3000000000", "asInt": "5"},
                    {"attributes": [{"key": "status", "value": {"stringValue": "started"}}],
                     "timeUnixNano": "3000000000", "asInt": "90"}]}}]},
            {"metrics": [
                {"name": "load", "gauge": {"dataPoints": [
                    {"timeUnixNano": 2000000000, "asDouble": "NaN"},
                    {"attributes": [{"key": "n", "value": {"intValue": "1"}}],
                     "timeUnixNano": 4000000000, "asDouble": 0.5}]}},
                {"name": "waits", "histogram": {"dataPoints": [
                    {"timeUnixNano": "1000000000", "count": "2", "bucketCounts": ["2"]}]}},
                {"name": "empty", "sum": {"dataPoints": []}}]}]}]}"#;
        let export = Export::read(body.as_bytes(), UNIX_EPOCH).unwrap();
        assert_eq!(export.completed, Some(12));
        let second = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let expected = [("jobs_processed_total", 3), ("load", 4), ("waits", 1)];
        let expected = expected.map(|(name, time)| (name.to_owned(), second(time)));
        assert_eq!(export.metrics, BTreeMap::from(expected));
        assert_eq!(export.collected(|name| name != "load"), Some(second(3)));
        assert_eq!(export.collected(|name| name == "empty"), None);
    }

    #[test]
    fn what_is_not_otlp_is_an_error() {
        for body in ["", "<html>", r#"{"resourceMetrics": 1}"#] {
            assert!(Export::read(body.as_bytes(), UNIX_EPOCH).is_err(), "{body}");
        }
        let body = r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [
            {"name": "a", "gauge": {"dataPoints": [{"timeUnixNano": "soon"}]}}]}]}]}"#;
        let error = Export::read(body.as_bytes(), UNIX_EPOCH).unwrap_err();
        assert!(error.starts_with("`soon` is not a number"), "{error}");
        assert!(Export::read(b"{}", UNIX_EPOCH).unwrap().metrics.is_empty());
    }
}
