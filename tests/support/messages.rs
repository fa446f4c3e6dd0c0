//! A scrape in Prometheus' protobuf format. The messages are those of `metrics.proto` in
//! `prometheus/client_model`, decoded by `prost`.

use std::net::SocketAddr;

use prost::{Enumeration, Message};

use crate::{
    otlp_receiver::{Labels, Value},
    scrape::{self, Scrape},
};

/// The media type, as Prometheus asks for it.
pub const MEDIA_TYPE: &str = "application/vnd.google.protobuf;\
                              proto=io.prometheus.client.MetricFamily;encoding=delimited";

/// `MetricFamily`.
#[derive(Clone, PartialEq, Message)]
pub struct MetricFamily {
    /// The name; of a counter with `_total`.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// The help text.
    #[prost(string, optional, tag = "2")]
    pub help: Option<String>,
    /// The type.
    #[prost(enumeration = "MetricType", optional, tag = "3")]
    pub r#type: Option<i32>,
    /// The series.
    #[prost(message, repeated, tag = "4")]
    pub metric: Vec<Metric>,
    /// The unit.
    #[prost(string, optional, tag = "5")]
    pub unit: Option<String>,
}

/// `MetricType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Enumeration)]
#[repr(i32)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MetricType {
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
    GaugeHistogram = 5,
}

/// `Metric`.
#[derive(Clone, PartialEq, Message)]
pub struct Metric {
    /// The labels.
    #[prost(message, repeated, tag = "1")]
    pub label: Vec<LabelPair>,
    /// The value of a gauge.
    #[prost(message, optional, tag = "2")]
    pub gauge: Option<Gauge>,
    /// The value of a counter.
    #[prost(message, optional, tag = "3")]
    pub counter: Option<Counter>,
    /// The value of a histogram.
    #[prost(message, optional, tag = "7")]
    pub histogram: Option<Histogram>,
}

/// `LabelPair`.
#[derive(Clone, PartialEq, Message)]
pub struct LabelPair {
    /// The key.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// The value.
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// `Gauge`.
#[derive(Clone, PartialEq, Message)]
pub struct Gauge {
    /// The value.
    #[prost(double, optional, tag = "1")]
    pub value: Option<f64>,
}

/// `Counter`.
#[derive(Clone, PartialEq, Message)]
pub struct Counter {
    /// The value.
    #[prost(double, optional, tag = "1")]
    pub value: Option<f64>,
    /// The start of the series.
    #[prost(message, optional, tag = "3")]
    pub created_timestamp: Option<Timestamp>,
}

/// `google.protobuf.Timestamp`.
#[derive(Clone, PartialEq, Message)]
pub struct Timestamp {
    /// Seconds since 1970.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// Nanoseconds of the second.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

/// `Histogram`, with integers.
#[derive(Clone, PartialEq, Message)]
pub struct Histogram {
    /// The number of samples.
    #[prost(uint64, optional, tag = "1")]
    pub sample_count: Option<u64>,
    /// Their sum.
    #[prost(double, optional, tag = "2")]
    pub sample_sum: Option<f64>,
    /// The classic buckets.
    #[prost(message, repeated, tag = "3")]
    pub bucket: Vec<Bucket>,
    /// The start of the series.
    #[prost(message, optional, tag = "15")]
    pub created_timestamp: Option<Timestamp>,
    /// The schema of the native buckets.
    #[prost(sint32, optional, tag = "5")]
    pub schema: Option<i32>,
    /// Up to which magnitude a sample is in the zero bucket.
    #[prost(double, optional, tag = "6")]
    pub zero_threshold: Option<f64>,
    /// The samples of the zero bucket.
    #[prost(uint64, optional, tag = "7")]
    pub zero_count: Option<u64>,
    /// The native buckets of negative samples.
    #[prost(message, repeated, tag = "9")]
    pub negative_span: Vec<BucketSpan>,
    /// Their counts, each as the difference from the one before.
    #[prost(sint64, repeated, packed = "false", tag = "10")]
    pub negative_delta: Vec<i64>,
    /// The native buckets of positive samples.
    #[prost(message, repeated, tag = "12")]
    pub positive_span: Vec<BucketSpan>,
    /// Their counts, each as the difference from the one before.
    #[prost(sint64, repeated, packed = "false", tag = "13")]
    pub positive_delta: Vec<i64>,
}

/// `Bucket`.
#[derive(Clone, PartialEq, Message)]
pub struct Bucket {
    /// The samples up to the boundary.
    #[prost(uint64, optional, tag = "1")]
    pub cumulative_count: Option<u64>,
    /// The boundary.
    #[prost(double, optional, tag = "2")]
    pub upper_bound: Option<f64>,
}

/// `BucketSpan`.
#[derive(Clone, PartialEq, Message)]
pub struct BucketSpan {
    /// The index of the first bucket of the first span; the gap before another span.
    #[prost(sint32, optional, tag = "1")]
    pub offset: Option<i32>,
    /// The number of buckets.
    #[prost(uint32, optional, tag = "2")]
    pub length: Option<u32>,
}

/// Native buckets, each with the index of its upper boundary and its count, without empty ones.
pub type NativeBuckets = Vec<(i64, u64)>;

impl Histogram {
    /// The native buckets of negative and of positive samples.
    pub fn native_buckets(&self) -> [NativeBuckets; 2] {
        [(&self.negative_span, &self.negative_delta), (&self.positive_span, &self.positive_delta)]
            .map(|(spans, deltas)| buckets(spans, deltas))
    }
}

fn buckets(spans: &[BucketSpan], deltas: &[i64]) -> NativeBuckets {
    let (mut next, mut indexes) = (0, Vec::new());
    for span in spans {
        next += i64::from(span.offset());
        indexes.extend((0..i64::from(span.length())).map(|nth| next + nth));
        next += i64::from(span.length());
    }
    assert_eq!(indexes.len(), deltas.len(), "as many buckets as counts");
    let counts = deltas.iter().scan(0_i64, |count, delta| {
        *count += delta;
        Some(u64::try_from(*count).expect("no count is negative"))
    });
    indexes.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// The native buckets of positive samples, counted one by one.
///
/// # Panics
///
/// If a sample is not positive.
pub fn counted(samples: impl Iterator<Item = f64>, schema: i32) -> NativeBuckets {
    let mut indexes: Vec<_> = samples.map(|sample| index(sample, schema)).collect();
    indexes.sort_unstable();
    indexes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}

/// The index of the upper boundary of the bucket of a positive value: the least `i` for which the
/// value is at most `2^(i / 2^schema)`.
fn index(value: f64, schema: i32) -> i64 {
    let boundary = |index: i64| (index as f64 * f64::from(-schema).exp2()).exp2();
    let guess = (value.log2() * f64::from(schema).exp2()).ceil();
    #[expect(clippy::cast_possible_truncation, reason = "there are a few thousand buckets")]
    let guess = guess as i64;
    (guess - 1..=guess + 1).find(|index| value <= boundary(*index)).unwrap()
}

/// Requests the families at `path`.
///
/// # Panics
///
/// If the response is not successful, is not in the format, or does not follow it.
pub fn families(address: SocketAddr, path: &str) -> Vec<MetricFamily> {
    let (head, body) = scrape::get(address, path, MEDIA_TYPE);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let content_type = MEDIA_TYPE.replace(';', "; ").to_ascii_lowercase();
    assert!(head.to_ascii_lowercase().contains(&format!("content-type: {content_type}")), "{head}");
    decode(&body)
}

/// The families of a scrape.
///
/// # Panics
///
/// If the bytes do not follow the format.
pub fn decode(mut body: &[u8]) -> Vec<MetricFamily> {
    let mut families = Vec::new();
    while !body.is_empty() {
        families.push(MetricFamily::decode_length_delimited(&mut body).expect("a family"));
    }
    families
}

/// The families as a text scrape shows them.
///
/// # Panics
///
/// If a part is missing, or there twice.
pub fn as_scrape(families: &[MetricFamily]) -> Scrape {
    let mut scrape = Scrape::new();
    for family in families {
        let known = scrape.insert(family.name().to_owned(), as_text(family));
        assert!(known.is_none(), "{} came twice", family.name());
    }
    scrape
}

fn as_text(family: &MetricFamily) -> scrape::Family {
    assert!(!family.metric.is_empty(), "{} is empty", family.name());
    let mut shown = scrape::Family {
        kind: format!("{:?}", family.r#type()).to_lowercase(),
        unit: family.unit.clone(),
        help: family.help().to_owned(),
        ..scrape::Family::default()
    };
    for metric in &family.metric {
        let mut labels = Labels::new();
        for pair in &metric.label {
            let twice = labels.insert(pair.name().to_owned(), pair.value().to_owned());
            assert!(twice.is_none(), "{pair:?} in {}", family.name());
        }
        let value = match (family.r#type(), &metric.counter, &metric.gauge, &metric.histogram) {
            (MetricType::Counter, Some(Counter { value: Some(value), .. }), None, None)
            | (MetricType::Gauge, None, Some(Gauge { value: Some(value) }), None) => {
                Value::Number(*value)
            }
            (MetricType::Histogram, None, None, Some(histogram)) => classic(histogram),
            _ => panic!("another value than the type says: {family:?}"),
        };
        let twice = shown.series.insert(labels, value);
        assert!(twice.is_none(), "a series came twice in {}", family.name());
    }
    shown
}

/// The classic buckets of a histogram, not cumulative.
fn classic(histogram: &Histogram) -> Value {
    let count = histogram.sample_count.expect("a count");
    let (mut bounds, mut buckets, mut before) = (Vec::new(), Vec::new(), 0);
    for bucket in &histogram.bucket {
        let cumulative = bucket.cumulative_count.expect("a count of a bucket");
        bounds.push(bucket.upper_bound.expect("a boundary"));
        buckets.push(cumulative - before);
        before = cumulative;
    }
    buckets.push(count - before);
    let sum = histogram.sample_sum.expect("a sum");
    Value::Histogram { count, sum, bounds, buckets, min: None, max: None }
}
