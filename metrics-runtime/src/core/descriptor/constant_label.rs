/// A label that all series of a set have, with its value.
///
/// `derive(MetricSet)` makes them of `constant_labels(…)`.
///
/// ```
/// use osapi_metrics::{Counter, MetricSet, descriptor::ConstantLabel};
///
/// # /// Work in batches.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "shop", constant_labels(tier = "batch"))]
/// struct BatchMetrics {
///     /// Orders that were sent again.
///     orders_resent_total: Counter,
/// }
///
/// let metric = &BatchMetrics::DESCRIPTORS[0];
/// assert_eq!(metric.constant_labels, [ConstantLabel::new("tier", "batch")]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConstantLabel {
    /// The key, in OpenTelemetry and in a scrape.
    pub key: &'static str,
    /// The value of each series.
    pub value: &'static str,
}

impl ConstantLabel {
    /// A label of this key and value.
    pub const fn new(key: &'static str, value: &'static str) -> Self {
        Self { key, value }
    }
}
