use std::sync::Arc;

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::KeyValue,
    metrics::v1::{metric::Data, number_data_point},
};
use osapi_metrics_rules::InstrumentKind;
use prost::Message;
use serde_json::{Value as JsonValue, json};

use super::{
    attributes::{resource_metrics, scope_metrics, series_attributes},
    encoding::Encoding,
    points::{Interval, exemplar, metric_without_points, point},
    splitter::{Oversized, Request, Splitter},
};
use crate::{
    core::{
        descriptor::OwnedLabel,
        snapshot::{
            ExponentialBuckets, ExponentialDistribution, MetricIdentity, Resource, Scope, Values,
        },
        storage::{AttributeValue, Exemplar, SeriesLabels, TraceIds, Value},
        sync::Timestamp,
    },
    otlp::delta::{BucketedValue, PointValue},
};

const INTERVAL: Interval = Interval { start: Timestamp(5), time: Timestamp(70) };

fn identity(name: &str, kind: InstrumentKind) -> MetricIdentity {
    MetricIdentity {
        scope: Scope::default(),
        name: name.to_owned().into(),
        unit: "{thing}".into(),
        help: "Things.".into(),
        kind,
    }
}

fn labels(value: AttributeValue) -> SeriesLabels {
    SeriesLabels::of_attributes([("key".into(), value)].into(), Timestamp(5))
}

fn text(length: usize) -> SeriesLabels {
    labels(AttributeValue::Str("x".repeat(length).into()))
}

fn attributes_of(labels: &SeriesLabels) -> Vec<KeyValue> {
    series_attributes(labels.attributes())
}

fn splitter(encoding: Encoding, limit: usize) -> Splitter {
    let attributes = vec![("service.name".into(), AttributeValue::Str("test".into()))];
    let resource = Resource { attributes, schema_url: Some("https://schema.example".into()) };
    Splitter::new(encoding, limit, resource_metrics(&resource))
}

fn add_number(splitter: &mut Splitter, labels: &SeriesLabels, value: Value) {
    let value = PointValue::Number(value);
    splitter.add(
        point(InstrumentKind::Counter, attributes_of(labels), INTERVAL, value, Vec::new()),
        None,
    );
}

fn begin(splitter: &mut Splitter, scope: &'static str, metric: &str) {
    splitter.begin_scope(scope_metrics(&Scope { name: scope.into(), ..Scope::default() }));
    let identity = identity(metric, InstrumentKind::Counter);
    splitter.begin_metric(metric_without_points(&identity, &Values::default(), false));
}

fn decoded(request: &Request) -> ExportMetricsServiceRequest {
    ExportMetricsServiceRequest::decode(request.body.clone()).unwrap()
}

#[test]
fn requests_stay_below_the_limit_and_lose_nothing() {
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        for limit in [4_096, 5_000, 20_000] {
            let mut splitter = splitter(encoding, limit);
            for scope in ["a", "b", "c"] {
                for metric in ["first", "second"] {
                    begin(&mut splitter, scope, metric);
                    for length in 0..200 {
                        add_number(&mut splitter, &text(length), Value::U64(1));
                    }
                }
            }
            let (requests, oversized) = splitter.finish();
            assert_eq!(oversized, []);
            let sizes: Vec<_> = requests.iter().map(|request| request.body.len()).collect();
            assert!(sizes.iter().all(|size| *size <= limit), "{limit}: {sizes:?}");
            let full = &sizes[..sizes.len() - 1];
            assert!(full.iter().all(|size| *size > limit * 3 / 4), "{limit}: {sizes:?}");
            if encoding == Encoding::Protobuf {
                let points = requests.iter().flat_map(|request| points(&decoded(request)));
                assert_eq!(points.count(), 3 * 2 * 200);
            }
        }
    }
}

/// The scope and the metric of each point.
fn points(request: &ExportMetricsServiceRequest) -> Vec<(String, String)> {
    let mut points = Vec::new();
    for scope in request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics) {
        assert!(!scope.metrics.is_empty());
        for metric in &scope.metrics {
            let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
            assert!(!sum.data_points.is_empty());
            let place = (scope.scope.clone().unwrap().name, metric.name.clone());
            points.extend(sum.data_points.iter().map(|_| place.clone()));
        }
    }
    points
}

#[test]
fn scopes_and_metrics_without_points_are_left_out() {
    let mut splitter = splitter(Encoding::Protobuf, 4_096);
    begin(&mut splitter, "a", "empty");
    begin(&mut splitter, "b", "filled");
    add_number(&mut splitter, &text(1), Value::U64(1));
    begin(&mut splitter, "c", "empty");
    let (requests, _) = splitter.finish();
    assert_eq!(points(&decoded(&requests[0])), [("b".to_owned(), "filled".to_owned())]);

    let (requests, _) = self::splitter(Encoding::Protobuf, 4_096).finish();
    assert!(requests.is_empty(), "{requests:?}");
}

#[test]
fn a_point_that_is_too_large_by_itself_is_left_out() {
    for encoding in [Encoding::Protobuf, Encoding::Json] {
        let mut splitter = splitter(encoding, 4_096);
        begin(&mut splitter, "a", "things");
        add_number(&mut splitter, &text(10), Value::U64(1));
        add_number(&mut splitter, &text(5_000), Value::U64(1));
        add_number(&mut splitter, &text(20), Value::U64(1));
        let (requests, oversized) = splitter.finish();
        assert_eq!(requests.len(), 1);
        let [Oversized { metric, bytes }] = oversized.as_slice() else { panic!("{oversized:?}") };
        assert_eq!(metric, "things");
        assert!((5_000..6_000).contains(bytes), "{bytes}");
    }
}

#[test]
fn integers_beyond_the_signed_ones_are_the_greatest() {
    for (value, expected) in [
        (Value::U64(u64::MAX), i64::MAX),
        (Value::U64(1 << 63), i64::MAX),
        (Value::U64(7), 7),
        (Value::I64(i64::MIN), i64::MIN),
    ] {
        let mut splitter = splitter(Encoding::Protobuf, 4_096);
        begin(&mut splitter, "a", "things");
        add_number(&mut splitter, &text(1), value);
        let request = decoded(&splitter.finish().0[0]);
        let Some(Data::Sum(sum)) = &request.resource_metrics[0].scope_metrics[0].metrics[0].data
        else {
            panic!("{request:?}")
        };
        let number = sum.data_points[0].value.unwrap();
        assert_eq!(number, number_data_point::Value::AsInt(expected), "{value:?}");
    }
}

#[test]
fn no_point_ends_before_it_starts() {
    let mut splitter = splitter(Encoding::Protobuf, 4_096);
    begin(&mut splitter, "a", "things");
    let interval = Interval { start: Timestamp(80), time: Timestamp(70) };
    let value = PointValue::Number(Value::U64(1));
    splitter.add(
        point(InstrumentKind::Counter, attributes_of(&text(1)), interval, value, Vec::new()),
        None,
    );
    let request = decoded(&splitter.finish().0[0]);
    let metric = &request.resource_metrics[0].scope_metrics[0].metrics[0];
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    assert_eq!(
        (sum.data_points[0].start_time_unix_nano, sum.data_points[0].time_unix_nano),
        (70, 70)
    );
}

/// The only metric of a request in JSON.
fn json_of(
    kind: InstrumentKind,
    values: &Values,
    labels: &SeriesLabels,
    value: PointValue,
    exemplars: &[Exemplar],
) -> JsonValue {
    let mut splitter = splitter(Encoding::Json, 4_096);
    splitter.begin_scope(scope_metrics(&Scope::default()));
    splitter.begin_metric(metric_without_points(&identity("things", kind), values, true));
    let exemplars = exemplars.iter().map(exemplar).collect();
    splitter.add(point(kind, attributes_of(labels), INTERVAL, value, exemplars), None);
    let (requests, _) = splitter.finish();
    let request: JsonValue = serde_json::from_slice(&requests[0].body).unwrap();
    let resource = &request["resourceMetrics"][0];
    assert_eq!(
        resource["resource"],
        json!({"attributes": [{"key": "service.name", "value": {"stringValue": "test"}}]})
    );
    assert_eq!(resource["schemaUrl"], "https://schema.example");
    resource["scopeMetrics"][0]["metrics"][0].clone()
}

#[test]
fn numbers_in_json() {
    for (value, name, expected) in [
        (Value::U64(u64::MAX), "asInt", json!("9223372036854775807")),
        (Value::I64(-3), "asInt", json!("-3")),
        (Value::F64(0.5), "asDouble", json!(0.5)),
        (Value::F64(f64::NAN), "asDouble", json!("NaN")),
        (Value::F64(f64::INFINITY), "asDouble", json!("Infinity")),
        (Value::F64(f64::NEG_INFINITY), "asDouble", json!("-Infinity")),
    ] {
        let value = PointValue::Number(value);
        let labels = labels(AttributeValue::Ints([1, -2].into()));
        let metric = json_of(InstrumentKind::Counter, &Values::default(), &labels, value, &[]);
        let expected = json!({
            "name": "things",
            "description": "Things.",
            "unit": "{thing}",
            "sum": {
                "aggregationTemporality": 1,
                "isMonotonic": true,
                "dataPoints": [{
                    "attributes": [{
                        "key": "key",
                        "value": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "-2"}]}},
                    }],
                    "startTimeUnixNano": "5",
                    "timeUnixNano": "70",
                    name: expected,
                }],
            },
        });
        assert_eq!(metric, expected);
    }
}

#[test]
fn a_gauge_in_json_has_neither_temporality_nor_start() {
    let value = PointValue::Number(Value::I64(1));
    let labels = labels(AttributeValue::Bool(true));
    let metric = json_of(InstrumentKind::Gauge, &Values::default(), &labels, value, &[]);
    let expected = json!({"dataPoints": [{
        "attributes": [{"key": "key", "value": {"boolValue": true}}],
        "startTimeUnixNano": "0",
        "timeUnixNano": "70",
        "asInt": "1",
    }]});
    assert_eq!(metric["gauge"], expected);
}

#[test]
fn distributions_in_json() {
    let value = PointValue::Bucketed(BucketedValue {
        count: 3,
        sum: Value::U64(7),
        extremes: Some((Value::U64(1), Value::U64(4))),
        boundaries: Arc::new([2.5]),
        buckets: vec![2, 1],
    });
    let values = Values::Distributions(crate::core::snapshot::Distributions::default());
    let labels = labels(AttributeValue::Double(1.5));
    let trace = Some(TraceIds { trace: [0xa0; 16], span: [0x0b; 8] });
    let own =
        Arc::new([("request.id", OwnedLabel::Str("a\"b".into())), ("attempt", OwnedLabel::Int(2))]);
    let exemplars = [
        Exemplar { value: Value::U64(4), time: Timestamp(69), trace, labels: None },
        Exemplar { value: Value::F64(0.5), time: Timestamp(68), trace: None, labels: Some(own) },
    ];
    let metric = json_of(InstrumentKind::Histogram, &values, &labels, value, &exemplars);
    let expected = json!({"aggregationTemporality": 1, "dataPoints": [{
        "attributes": [{"key": "key", "value": {"doubleValue": 1.5}}],
        "startTimeUnixNano": "5",
        "timeUnixNano": "70",
        "count": "3",
        "sum": 7.0,
        "bucketCounts": ["2", "1"],
        "explicitBounds": [2.5],
        "min": 1.0,
        "max": 4.0,
        "exemplars": [
            {
                "timeUnixNano": "69",
                "spanId": "0b0b0b0b0b0b0b0b",
                "traceId": "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0",
                "asInt": "4",
            },
            {
                "filteredAttributes": [
                    {"key": "request.id", "value": {"stringValue": "a\"b"}},
                    {"key": "attempt", "value": {"intValue": "2"}},
                ],
                "timeUnixNano": "68",
                "asDouble": 0.5,
            },
        ],
    }]});
    assert_eq!(metric["histogram"], expected);
}

#[test]
fn exponential_distributions_in_json() {
    let value = PointValue::Exponential(ExponentialDistribution {
        count: 4,
        sum: Value::F64(2.5),
        extremes: None,
        scale: -1,
        zero_count: 1,
        zero_threshold: 0.25,
        positive: ExponentialBuckets { offset: -2, counts: vec![1, 0, 2] },
        negative: ExponentialBuckets::default(),
    });
    let values = Values::Exponential(Vec::new());
    let labels = labels(AttributeValue::Str("a\"b".into()));
    let metric = json_of(InstrumentKind::Histogram, &values, &labels, value, &[]);
    let expected = json!({"aggregationTemporality": 1, "dataPoints": [{
        "attributes": [{"key": "key", "value": {"stringValue": "a\"b"}}],
        "startTimeUnixNano": "5",
        "timeUnixNano": "70",
        "count": "4",
        "sum": 2.5,
        "scale": -1,
        "zeroCount": "1",
        "positive": {"offset": -2, "bucketCounts": ["1", "0", "2"]},
        "negative": {"offset": 0, "bucketCounts": []},
        "zeroThreshold": 0.25,
    }]});
    assert_eq!(metric["exponentialHistogram"], expected);
}
