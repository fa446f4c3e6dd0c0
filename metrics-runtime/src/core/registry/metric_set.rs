use crate::core::descriptor::MetricDescriptor;

/// A group of metrics that belong together: a struct whose fields are instruments.
///
/// Derive it: [`derive(MetricSet)`](derive@crate::MetricSet) describes the attributes.
///
/// ```
/// use osapi_metrics::{Counter, MetricSet};
///
/// /// Work that passes through the queue.
/// #[derive(MetricSet)]
/// struct QueueMetrics {
///     /// Items accepted by the queue.
///     #[metric(unit = "{item}")]
///     items_accepted_total: Counter,
/// }
///
/// assert_eq!(QueueMetrics::DESCRIPTORS[0].name, "osapi_items_accepted_total");
/// QueueMetrics::global().items_accepted_total.inc();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric set",
    label = "this type does not derive `MetricSet`, or is a group"
)]
pub trait MetricSet: Sized + Send + Sync + 'static {
    /// The descriptor of each metric, in the order of the fields.
    const DESCRIPTORS: &'static [MetricDescriptor];

    /// The one instance of the set in this process. Values that are recorded before a runtime is
    /// installed are kept.
    ///
    /// On a thread that captures for a test (feature `testing`), the instance of the capture.
    fn global() -> &'static Self;
}
