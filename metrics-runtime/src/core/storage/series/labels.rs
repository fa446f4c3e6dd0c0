use crate::core::descriptor::{LabelDescriptor, LabelRef, OwnedLabel};

/// The labels of one series.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// # #[derive(LabelSet)] struct Tenant { #[label(max = 100)] tenant: String }
/// # /// Tenants.
/// # #[derive(MetricSet)] struct Tenants {
/// #     /// Requests of a tenant.
/// #     tenant_requests_total: Counter<Tenant>,
/// # }
/// # let requests = &Tenants::global().tenant_requests_total;
/// requests.with(Tenant { tenant: "gone-inc".to_owned() }).inc();
/// let ended = requests.retain(|labels| {
///     labels.get("tenant").is_none_or(|tenant| tenant.to_string() != "gone-inc")
/// });
/// assert_eq!(ended, 1);
/// ```
#[derive(Debug)]
pub struct SeriesLabels {
    labels: &'static [LabelDescriptor],
    /// The value of each label, in the order in which the metric declares them.
    values: Box<[OwnedLabel]>,
    is_overflow: bool,
}

impl SeriesLabels {
    pub(crate) fn new(labels: &'static [LabelDescriptor], values: Box<[OwnedLabel]>) -> Self {
        Self { labels, values, is_overflow: false }
    }

    /// The labels of the overflow series, which has every combination beyond a limit.
    pub(crate) fn overflow() -> Self {
        Self { labels: &[], values: Box::default(), is_overflow: true }
    }

    /// Whether these are the labels of the overflow series.
    pub(crate) fn is_overflow(&self) -> bool {
        self.is_overflow
    }

    /// The attributes that exporters show: every label that has a value, and for the overflow series
    /// the attribute that the OpenTelemetry specification names for it.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        let overflow = self.is_overflow().then_some(("otel.metric.overflow", LabelRef::Bool(true)));
        // Prometheus knows no difference between an empty label and an absent one, and OTLP has to
        // agree with Prometheus.
        self.iter().filter(|(_, value)| *value != LabelRef::Str("")).chain(overflow)
    }

    /// The value of the label of this key.
    pub fn get(&self, key: &str) -> Option<LabelRef<'_>> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The keys and values, in the order in which the metric declares them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        self.labels.iter().zip(&self.values).map(|(label, value)| (label.key, value.borrow()))
    }

    pub(super) fn values(&self) -> &[OwnedLabel] {
        &self.values
    }
}
