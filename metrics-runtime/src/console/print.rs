use std::{
    fmt::{self, Write},
    time::{Duration, SystemTime},
};

use crate::core::{
    descriptor::LabelRef,
    snapshot::{
        ConstantLabels, Distribution, ExponentialBuckets, ExponentialDistribution, MetricSnapshot,
        Snapshot, Values,
    },
    storage::{AttributeRef, AttributeValue, Value},
};

/// The text of a snapshot: each metric with its series, metrics without values left out.
///
/// ```text
/// metrics of {service.name="osapi-api"} at 2026-01-02T03:04:05Z
/// osapi_jobs_total [{job}] counter
///   {job="paint"} 3
/// ```
pub(super) fn text(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    // A text takes everything.
    let _ = write_snapshot(&mut text, snapshot);
    text
}

fn write_snapshot(text: &mut String, snapshot: &Snapshot) -> fmt::Result {
    let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(snapshot.time.0);
    write!(text, "metrics of ")?;
    let attributes = snapshot.resource.attributes.iter();
    write_labels(text, attributes.map(|(key, value)| (&**key, AttributeRef::Other(value))))?;
    writeln!(text, " at {}", humantime::format_rfc3339_seconds(time))?;
    snapshot.metrics.iter().try_for_each(|metric| {
        let name = &metric.identity.name;
        let with_name = snapshot.metrics.iter().filter(|other| other.identity.name == *name);
        write_metric(text, metric, &snapshot.constants, with_name.count() > 1)
    })
}

/// Writes a metric, with its scope if another one has its name.
fn write_metric(
    text: &mut String,
    metric: &MetricSnapshot,
    constants: &ConstantLabels,
    with_scope: bool,
) -> fmt::Result {
    let MetricSnapshot { identity, constants: of_set, series, values, .. } = metric;
    if !(0..values.len()).any(|position| values.has(position)) {
        return Ok(());
    }
    write!(text, "{}", identity.name)?;
    if !identity.unit.is_empty() {
        write!(text, " [{}]", identity.unit)?;
    }
    write!(text, " {}", identity.kind.as_str())?;
    if with_scope {
        write!(text, " of scope {:?}", identity.scope.name)?;
    }
    text.push('\n');
    for (position, labels) in series.iter().enumerate() {
        if values.has(position) {
            write_series(text, constants.attributes_of(of_set, labels), values, position)?;
        }
    }
    Ok(())
}

fn write_series<'a>(
    text: &mut String,
    attributes: impl Iterator<Item = (&'a str, AttributeRef<'a>)>,
    values: &Values,
    position: usize,
) -> fmt::Result {
    text.push_str("  ");
    write_labels(text, attributes)?;
    match values {
        Values::Numbers(numbers) => {
            if let Some(number) = numbers[position] {
                write!(text, " {}", Digits(number))?;
            }
        }
        Values::Distributions(distributions) => {
            if let Some(distribution) = distributions.get(position) {
                write_distribution(text, &distribution)?;
            }
        }
        Values::Exponential(distributions) => {
            if let Some(distribution) = &distributions[position] {
                write_exponential(text, distribution)?;
            }
        }
    }
    text.push('\n');
    Ok(())
}

/// The buckets that have samples, each with its upper boundary.
fn write_distribution(text: &mut String, distribution: &Distribution<'_>) -> fmt::Result {
    write_summary(text, distribution.count, distribution.sum, distribution.extremes)?;
    for (bucket, count) in distribution.buckets.iter().enumerate().filter(|(_, count)| **count > 0)
    {
        match distribution.boundaries.get(bucket) {
            Some(upper) => write!(text, " ≤{upper}: {count}")?,
            None => write!(text, " ≤+inf: {count}")?,
        }
    }
    Ok(())
}

fn write_exponential(text: &mut String, distribution: &ExponentialDistribution) -> fmt::Result {
    write_summary(text, distribution.count, distribution.sum, distribution.extremes)?;
    write!(text, " scale={}", distribution.scale)?;
    if distribution.zero_count > 0 {
        write!(text, " 0: {}", distribution.zero_count)?;
    }
    let base = (-f64::from(distribution.scale)).exp2().exp2();
    let mut write_buckets = |bound: &str, buckets: &ExponentialBuckets| {
        let indices = (i64::from(buckets.offset)..).zip(&buckets.counts);
        for (index, count) in indices.filter(|(_, count)| **count > 0) {
            write!(text, " {bound}{}: {count}", base.powf((index + 1) as f64))?;
        }
        Ok(())
    };
    write_buckets("≤", &distribution.positive)?;
    write_buckets("≥-", &distribution.negative)
}

fn write_summary(
    text: &mut String,
    count: u64,
    sum: Value,
    extremes: Option<(Value, Value)>,
) -> fmt::Result {
    write!(text, " count={count} sum={}", Digits(sum))?;
    if let Some((min, max)) = extremes {
        write!(text, " min={} max={}", Digits(min), Digits(max))?;
    }
    Ok(())
}

fn write_labels<'a>(
    text: &mut String,
    labels: impl Iterator<Item = (&'a str, AttributeRef<'a>)>,
) -> fmt::Result {
    text.push('{');
    for (nth, (key, value)) in labels.enumerate() {
        let comma = if nth == 0 { "" } else { ", " };
        write!(text, "{comma}{key}=")?;
        match value {
            AttributeRef::Label(LabelRef::Str(value)) => write!(text, "{value:?}")?,
            AttributeRef::Label(LabelRef::Bool(value)) => write!(text, "{value}")?,
            AttributeRef::Label(LabelRef::Int(value)) => write!(text, "{value}")?,
            AttributeRef::Label(LabelRef::Uint(value)) => write!(text, "{value}")?,
            AttributeRef::Other(value) => write_attribute(text, value)?,
        }
    }
    text.push('}');
    Ok(())
}

fn write_attribute(text: &mut String, value: &AttributeValue) -> fmt::Result {
    match value {
        AttributeValue::Str(value) => write!(text, "{value:?}"),
        AttributeValue::Bool(value) => write!(text, "{value}"),
        AttributeValue::Int(value) => write!(text, "{value}"),
        AttributeValue::Double(value) => write!(text, "{value}"),
        AttributeValue::Strs(values) => write!(text, "{values:?}"),
        AttributeValue::Bools(values) => write!(text, "{values:?}"),
        AttributeValue::Ints(values) => write!(text, "{values:?}"),
        AttributeValue::Doubles(values) => write!(text, "{values:?}"),
    }
}

/// A number as its digits.
struct Digits(Value);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::U64(number) => write!(f, "{number}"),
            Value::I64(number) => write!(f, "{number}"),
            Value::F64(number) => write!(f, "{number}"),
        }
    }
}
