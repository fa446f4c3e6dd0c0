use crate::core::descriptor::{LabelDescriptor, LabelRef, OwnedLabel};

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
    labels: &'static [LabelDescriptor],
    /// The value of each label, in the order of declaration.
    values: Box<[OwnedLabel]>,
    is_overflow: bool,
}

impl SeriesLabels {
    pub(crate) fn new(labels: &'static [LabelDescriptor], values: Box<[OwnedLabel]>) -> Self {
        Self { labels, values, is_overflow: false }
    }

    /// The labels of the overflow series, which stands for every combination beyond a limit.
    pub(crate) fn overflow() -> Self {
        Self { labels: &[], values: Box::default(), is_overflow: true }
    }

    /// Whether these are the labels of the overflow series.
    pub(crate) fn is_overflow(&self) -> bool {
        self.is_overflow
    }

    /// The attributes that exporters show: every label that has a value, and for the overflow
    /// series the attribute of the OpenTelemetry specification.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        let overflow = self.is_overflow().then_some(("otel.metric.overflow", LabelRef::Bool(true)));
        // Prometheus does not distinguish an empty label from an absent one, and OTLP has to agree
        // with Prometheus.
        self.iter().filter(|(_, value)| *value != LabelRef::Str("")).chain(overflow)
    }

    /// The value of the label of this key. `None` if the metric does not have the label.
    pub fn get(&self, key: &str) -> Option<LabelRef<'_>> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The keys and values, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        self.labels.iter().zip(&self.values).map(|(label, value)| (label.key, value.borrow()))
    }

    pub(super) fn values(&self) -> &[OwnedLabel] {
        &self.values
    }
}
