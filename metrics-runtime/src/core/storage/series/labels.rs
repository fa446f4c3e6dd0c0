use std::sync::atomic::{AtomicU64, Ordering};

use super::attribute::{AttributeRef, AttributeValue};
use crate::core::{
    descriptor::{LabelDescriptor, LabelRef, OwnedLabel},
    sync::Timestamp,
};

/// The labels of one series, as [`Counter::retain`](crate::Counter::retain) shows them.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// # #[derive(LabelSet)] struct Customer { #[label(max = 100)] customer: String }
/// # /// Customers.
/// # #[derive(MetricSet)] struct Customers {
/// #     /// Requests of a customer.
/// #     customer_requests_total: Counter<Customer>,
/// # }
/// # let requests = &Customers::global().customer_requests_total;
/// requests.with(Customer { customer: "gone-inc".to_owned() }).inc();
/// let ended = requests.retain(|labels| {
///     labels.get("customer").is_none_or(|customer| customer.to_string() != "gone-inc")
/// });
/// assert_eq!(ended, 1);
/// ```
#[derive(Debug)]
pub struct SeriesLabels {
    labels: Labels,
    /// When the series began, in the unit of a [`Timestamp`].
    start: AtomicU64,
}

#[derive(Debug)]
enum Labels {
    /// The labels of a declared metric.
    Declared {
        labels: &'static [LabelDescriptor],
        /// The value of each label, in the order of declaration.
        values: Box<[OwnedLabel]>,
    },
    /// The labels of the overflow series.
    Overflow,
    /// The attributes of a series of another library.
    Attributes(Box<[(Box<str>, AttributeValue)]>),
}

/// The key of the attribute that the OpenTelemetry specification gives to an overflow series.
const OVERFLOW: &str = "otel.metric.overflow";

impl SeriesLabels {
    pub(crate) fn new(
        labels: &'static [LabelDescriptor],
        values: Box<[OwnedLabel]>,
        start: Timestamp,
    ) -> Self {
        Self { labels: Labels::Declared { labels, values }, start: AtomicU64::new(start.0) }
    }

    /// The labels of the overflow series, which stands for every combination beyond a limit.
    pub(crate) fn overflow(start: Timestamp) -> Self {
        Self { labels: Labels::Overflow, start: AtomicU64::new(start.0) }
    }

    /// The labels of a series of another library.
    pub(crate) fn of_attributes(
        attributes: Box<[(Box<str>, AttributeValue)]>,
        start: Timestamp,
    ) -> Self {
        Self { labels: Labels::Attributes(attributes), start: AtomicU64::new(start.0) }
    }

    /// When the series began.
    pub(crate) fn start(&self) -> Timestamp {
        Timestamp(self.start.load(Ordering::Relaxed))
    }

    /// Begins the series again, for a series that is always there.
    pub(crate) fn begin_again(&self, start: Timestamp) {
        self.start.store(start.0, Ordering::Relaxed);
    }

    /// Whether these are the labels of the overflow series.
    pub(crate) fn is_overflow(&self) -> bool {
        matches!(self.labels, Labels::Overflow)
    }

    /// The attributes that exporters show: every label that has a value, and for the overflow
    /// series the attribute of the OpenTelemetry specification.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, AttributeRef<'_>)> {
        let overflow = AttributeRef::Label(LabelRef::Bool(true));
        let overflow = self.is_overflow().then_some((OVERFLOW, overflow));
        let attributes: &[_] = match &self.labels {
            Labels::Attributes(attributes) => attributes,
            Labels::Declared { .. } | Labels::Overflow => &[],
        };
        let attributes = attributes.iter().map(|(key, value)| (&**key, AttributeRef::Other(value)));
        // Prometheus does not distinguish an empty label from an absent one, and OTLP has to agree
        // with Prometheus.
        let labels = self.iter().filter(|(_, value)| *value != LabelRef::Str(""));
        let labels = labels.map(|(key, value)| (key, AttributeRef::Label(value)));
        labels.chain(overflow).chain(attributes)
    }

    /// The value of the label of this key. `None` if the metric does not have the label.
    pub fn get(&self, key: &str) -> Option<LabelRef<'_>> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The keys and values, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        let labels: &'static [LabelDescriptor] = match &self.labels {
            Labels::Declared { labels, .. } => labels,
            Labels::Overflow | Labels::Attributes(_) => &[],
        };
        labels.iter().zip(self.values()).map(|(label, value)| (label.key, value.borrow()))
    }

    pub(super) fn values(&self) -> &[OwnedLabel] {
        match &self.labels {
            Labels::Declared { values, .. } => values,
            Labels::Overflow | Labels::Attributes(_) => &[],
        }
    }
}
