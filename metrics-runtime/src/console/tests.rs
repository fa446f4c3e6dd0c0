use std::sync::Arc;

use osapi_metrics_rules::InstrumentKind;

use super::print::text;
use crate::core::{
    snapshot::{
        ConstantLabels, Distributions, Exemplars, ExponentialBuckets, ExponentialDistribution,
        MetricIdentity, MetricSnapshot, Resource, Scope, Snapshot, Values,
    },
    storage::{AttributeValue, SeriesLabels, Value},
    sync::Timestamp,
};

fn metric(
    name: &'static str,
    unit: &'static str,
    kind: InstrumentKind,
    labels: Vec<SeriesLabels>,
    values: Values,
) -> MetricSnapshot {
    let identity = MetricIdentity {
        scope: Scope::default(),
        name: name.into(),
        unit: unit.into(),
        help: "".into(),
        kind,
    };
    let series = labels.into_iter().map(Arc::new).collect();
    let exemplars = Exemplars::default();
    MetricSnapshot { identity: Arc::new(identity), constants: &[], series, values, exemplars }
}

fn labels(attributes: Vec<(&str, AttributeValue)>) -> SeriesLabels {
    let attributes = attributes.into_iter().map(|(key, value)| (key.into(), value)).collect();
    SeriesLabels::of_attributes(attributes, Timestamp(0))
}

#[test]
fn every_kind_of_metric_has_its_lines() {
    let mut distributions = Distributions::default();
    distributions.push_empty(&[0.5, 1.0].into()).copy_from_slice(&[2, 0, 1]);
    let extremes = (Value::F64(0.25), Value::F64(7.0));
    distributions.set_last(3, Value::F64(7.75), Some(extremes));
    // A series with boundaries of its own.
    distributions.push_empty(&[60.0, 3600.0].into()).copy_from_slice(&[0, 1, 0]);
    distributions.set_last(1, Value::F64(90.0), None);
    let exponential = ExponentialDistribution {
        count: 4,
        sum: Value::F64(9.0),
        extremes: None,
        scale: 0,
        zero_count: 1,
        zero_threshold: 0.0,
        positive: ExponentialBuckets { offset: 0, counts: vec![2, 1] },
        negative: ExponentialBuckets::default(),
    };
    let two = vec![
        labels(vec![
            ("name", AttributeValue::Str("a\"b".into())),
            ("ok", AttributeValue::Bool(true)),
        ]),
        labels(vec![]),
    ];
    let snapshot = Snapshot {
        resource: Arc::new(Resource {
            attributes: vec![("service.name".into(), AttributeValue::Str("shop".into()))],
            schema_url: None,
        }),
        constants: Arc::new(ConstantLabels::new([("region", "a")])),
        time: Timestamp(1_700_000_000_000_000_000),
        metrics: vec![
            metric(
                "jobs_total",
                "{job}",
                InstrumentKind::Counter,
                two,
                Values::Numbers(vec![Some(Value::U64(3)), None]),
            ),
            metric(
                "never",
                "",
                InstrumentKind::Gauge,
                vec![labels(vec![])],
                Values::Numbers(vec![None]),
            ),
            metric(
                "wait_seconds",
                "s",
                InstrumentKind::Histogram,
                vec![
                    labels(vec![("ids", AttributeValue::Ints([1, 2].into()))]),
                    labels(vec![("ids", AttributeValue::Ints([3].into()))]),
                ],
                Values::Distributions(distributions),
            ),
            metric(
                "sizes",
                "",
                InstrumentKind::Histogram,
                vec![labels(vec![])],
                Values::Exponential(vec![Some(exponential)]),
            ),
        ],
    };
    assert_eq!(
        text(&snapshot),
        "metrics of {service.name=\"shop\"} at 2023-11-14T22:13:20Z\n\
         jobs_total [{job}] counter\n\
        \x20 {name=\"a\\\"b\", ok=true, region=\"a\"} 3\n\
         wait_seconds [s] histogram\n\
        \x20 {ids=[1, 2], region=\"a\"} count=3 sum=7.75 min=0.25 max=7 ≤0.5: 2 ≤+inf: 1\n\
        \x20 {ids=[3], region=\"a\"} count=1 sum=90 ≤3600: 1\n\
         sizes histogram\n\
        \x20 {region=\"a\"} count=4 sum=9 scale=0 0: 1 ≤2: 2 ≤4: 1\n"
    );
}
