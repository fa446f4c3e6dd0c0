use std::slice;

use osapi_metrics_rules::{InstrumentKind, Message, same_label_key};

use crate::core::{
    descriptor::{LabelValues, MetricDescriptor},
    registry::MetricSet,
};

/// A query of a panel: what is made of the series of a metric, or of other queries.
///
/// The functions of this module make one, in a constant. A mistake is an error of the compiler: a
/// rate of a gauge, a label that the metric does not have, a value that a closed label never has.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Expression {
    /// What is made of the series, or of the operands.
    pub operation: Operation,
    /// The metric. `None` for an expression of other expressions.
    pub metric: Option<&'static MetricDescriptor>,
    /// The labels whose values select the series.
    pub with: &'static [(&'static str, &'static str)],
    /// The labels that the result has.
    pub by: &'static [&'static str],
    /// The expressions that this one is made of.
    pub operands: &'static [Expression],
    /// The name in the legend. By default the values of the labels.
    pub legend: Option<&'static str>,
}

/// What is made of series.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// The increase per second of a counter, or of the number of values of a histogram.
    Rate,
    /// The increase of a counter, or of the number of values of a histogram, in the time that is
    /// shown.
    Increase,
    /// The sum of the values.
    Sum,
    /// The highest value.
    Highest,
    /// The value of each series.
    Latest,
    /// A quantile of a histogram, between 0 and 1.
    Quantile(f64),
    /// The mean of the values of a histogram.
    Mean,
    /// The first operand divided by the second.
    Ratio,
    /// The sum of the operands.
    Total,
}

impl Operation {
    /// The name of the function that makes the expression.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Increase => "increase",
            Self::Sum => "sum",
            Self::Highest => "highest",
            Self::Latest => "latest",
            Self::Quantile(_) => "quantile",
            Self::Mean => "mean",
            Self::Ratio => "ratio",
            Self::Total => "total",
        }
    }
}

/// The metric of this OpenTelemetry or Prometheus name in a set.
///
/// # Panics
///
/// In a constant, at compile time, if the set has no such metric.
#[track_caller]
pub const fn metric<S: MetricSet>(name: &str) -> &'static MetricDescriptor {
    let metrics = S::DESCRIPTORS;
    let mut i = 0;
    while i < metrics.len() {
        if is_equal(metrics[i].name, name) || is_equal(metrics[i].prometheus_name(), name) {
            return &metrics[i];
        }
        i += 1;
    }
    let message = Message::new().text("the set has no metric ").quoted(name);
    let mut message = message.text("; it has ");
    let mut i = 0;
    while i < metrics.len() {
        message = message.text(if i == 0 { "" } else { ", " }).quoted(metrics[i].name);
        i += 1;
    }
    panic!("{}", message.as_str());
}

/// The increase per second of a counter, or of the number of values of a histogram.
///
/// # Panics
///
/// In a constant, at compile time, if the metric is a gauge or an up-down counter.
#[track_caller]
pub const fn rate(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_cumulative(Operation::Rate, metric)
}

/// The increase of a counter, or of the number of values of a histogram, in the time that is shown:
/// for figures, which also have to show a burst.
///
/// # Panics
///
/// As [`rate`].
#[track_caller]
pub const fn increase(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_cumulative(Operation::Increase, metric)
}

/// The sum of the values of a gauge or an up-down counter.
///
/// # Panics
///
/// In a constant, at compile time, if the metric is a counter or a histogram.
#[track_caller]
pub const fn sum(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_value(Operation::Sum, metric)
}

/// The highest value of a gauge or an up-down counter.
///
/// # Panics
///
/// As [`sum`].
#[track_caller]
pub const fn highest(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_value(Operation::Highest, metric)
}

/// The value of each series of a gauge or an up-down counter.
///
/// # Panics
///
/// As [`sum`].
#[track_caller]
pub const fn latest(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_value(Operation::Latest, metric)
}

/// A quantile of a histogram: `quantile(0.95, …)` is the value that 95 % of the values are below.
///
/// # Panics
///
/// In a constant, at compile time, if the metric is not a histogram, or the quantile is not between
/// 0 and 1.
#[track_caller]
pub const fn quantile(quantile: f64, metric: &'static MetricDescriptor) -> Expression {
    assert!(quantile > 0.0 && quantile < 1.0, "a quantile is between 0 and 1; write `0.95`");
    Expression::of_histogram(Operation::Quantile(quantile), metric)
}

/// The mean of the values of a histogram.
///
/// # Panics
///
/// In a constant, at compile time, if the metric is not a histogram.
#[track_caller]
pub const fn mean(metric: &'static MetricDescriptor) -> Expression {
    Expression::of_histogram(Operation::Mean, metric)
}

/// The first expression divided by the second: a share, if the second counts what the first is a
/// part of.
///
/// # Panics
///
/// In a constant, at compile time, if the results have different labels, so that nothing would be
/// divided.
#[track_caller]
pub const fn ratio(of: &'static [Expression; 2]) -> Expression {
    Expression::of_operands(Operation::Ratio, of)
}

/// The sum of expressions.
///
/// # Panics
///
/// As [`ratio`].
#[track_caller]
pub const fn total(of: &'static [Expression]) -> Expression {
    assert!(!of.is_empty(), "a total has no expressions; write `total(&[…, …])`");
    Expression::of_operands(Operation::Total, of)
}

impl Expression {
    /// Selects the series whose labels have these values.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, if the metric does not have such a label, or the label never
    /// has such a value, and for an expression of other expressions.
    #[must_use]
    #[track_caller]
    pub const fn with(mut self, with: &'static [(&'static str, &'static str)]) -> Self {
        let mut i = 0;
        while i < with.len() {
            let (key, value) = with[i];
            self.check_value(key, value);
            i += 1;
        }
        self.with = with;
        self
    }

    /// Sets the labels that the result has.
    ///
    /// # Panics
    ///
    /// In a constant, at compile time, if the metric does not have such a label, and for an
    /// expression of other expressions, whose labels are those of its operands.
    #[must_use]
    #[track_caller]
    pub const fn by(mut self, by: &'static [&'static str]) -> Self {
        let mut i = 0;
        while i < by.len() {
            let _ = self.label_values(by[i]);
            i += 1;
        }
        self.by = by;
        self
    }

    /// Sets the name in the legend. `{{label}}` stands for the value of a label.
    #[must_use]
    pub const fn named(mut self, legend: &'static str) -> Self {
        self.legend = Some(legend);
        self
    }

    const fn new(operation: Operation) -> Self {
        Self { operation, metric: None, with: &[], by: &[], operands: &[], legend: None }
    }

    #[track_caller]
    const fn of_cumulative(operation: Operation, metric: &'static MetricDescriptor) -> Self {
        if !matches!(metric.kind, InstrumentKind::Counter | InstrumentKind::Histogram) {
            mismatch(metric, operation, "`sum`, `highest` or `latest`");
        }
        Self { metric: Some(metric), ..Self::new(operation) }
    }

    #[track_caller]
    const fn of_value(operation: Operation, metric: &'static MetricDescriptor) -> Self {
        match metric.kind {
            InstrumentKind::Counter => mismatch(metric, operation, "`rate` or `increase`"),
            InstrumentKind::Histogram => {
                mismatch(metric, operation, "`quantile`, `mean` or `rate`")
            }
            InstrumentKind::UpDownCounter
            | InstrumentKind::Gauge
            | InstrumentKind::Info
            | InstrumentKind::StateSet => {}
        }
        Self { metric: Some(metric), ..Self::new(operation) }
    }

    #[track_caller]
    const fn of_histogram(operation: Operation, metric: &'static MetricDescriptor) -> Self {
        match metric.kind {
            InstrumentKind::Histogram => {}
            InstrumentKind::Counter => mismatch(metric, operation, "`rate` or `increase`"),
            InstrumentKind::UpDownCounter
            | InstrumentKind::Gauge
            | InstrumentKind::Info
            | InstrumentKind::StateSet => {
                mismatch(metric, operation, "`sum`, `highest` or `latest`")
            }
        }
        Self { metric: Some(metric), ..Self::new(operation) }
    }

    #[track_caller]
    const fn of_operands(operation: Operation, operands: &'static [Self]) -> Self {
        let by = operands[0].by;
        let mut i = 1;
        while i < operands.len() {
            assert!(
                has_same_labels(by, operands[i].by),
                "the results of the expressions have different labels, so none would meet another; \
                 give them the same `by`"
            );
            i += 1;
        }
        Self { by, operands, ..Self::new(operation) }
    }

    /// The values of a label of the metric.
    #[track_caller]
    const fn label_values(&self, key: &str) -> LabelValues {
        let Some(metric) = self.metric else {
            panic!(
                "an expression of other expressions has their labels; give each of them its own"
            );
        };
        let mut i = 0;
        while i < metric.labels.len() {
            if same_label_key(metric.labels[i].key, key) {
                return metric.labels[i].values;
            }
            i += 1;
        }
        let mut i = 0;
        while i < metric.constant_labels.len() {
            let constant = &metric.constant_labels[i];
            if same_label_key(constant.key, key) {
                return LabelValues::Closed(slice::from_ref(&constant.value));
            }
            i += 1;
        }
        let message = Message::new().quoted(metric.name).text(" has no label ").quoted(key);
        let mut message = message.text(if metric.labels.is_empty() { "" } else { "; it has " });
        let mut i = 0;
        while i < metric.labels.len() {
            message = message.text(if i == 0 { "" } else { ", " }).quoted(metric.labels[i].key);
            i += 1;
        }
        panic!("{}", message.as_str());
    }

    #[track_caller]
    const fn check_value(&self, key: &str, value: &str) {
        let values: &[&str] = match self.label_values(key) {
            LabelValues::Closed(values) => values,
            LabelValues::Bool => &["false", "true"],
            LabelValues::Open { .. } | LabelValues::Recent { .. } => return,
        };
        let message = Message::new().text("the label ").quoted(key).text(" never has the value ");
        let mut message = message.quoted(value).text("; it has ");
        let mut i = 0;
        while i < values.len() {
            if is_equal(values[i], value) {
                return;
            }
            message = message.text(if i == 0 { "" } else { ", " }).quoted(values[i]);
            i += 1;
        }
        panic!("{}", message.as_str());
    }
}

/// Refuses an operation that does not fit the kind of the metric.
#[track_caller]
const fn mismatch(metric: &MetricDescriptor, operation: Operation, remedy: &str) -> ! {
    let message = Message::new().quoted(metric.name).text(" is a ").text(metric.kind.as_str());
    let message = message.text(", which has no ").quoted(operation.as_str());
    panic!("{}", message.text("; use ").text(remedy).as_str());
}

const fn has_same_labels(a: &[&str], b: &[&str]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        let mut is_there = false;
        let mut k = 0;
        while k < b.len() {
            is_there = is_there || same_label_key(a[i], b[k]);
            k += 1;
        }
        if !is_there {
            return false;
        }
        i += 1;
    }
    true
}

const fn is_equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b) {
        if *first != *other {
            return false;
        }
        (a, b) = (rest, others);
    }
    a.is_empty() && b.is_empty()
}
