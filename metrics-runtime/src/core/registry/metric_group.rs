use crate::core::{
    descriptor::{MetricDescriptor, MetricRules},
    instruments::InstrumentList,
};

/// Metrics that several sets have, or one set several times: a struct whose fields are instruments.
///
/// A group has no instance and no prefix. It is the type of a field of a
/// [metric set](crate::MetricSet), which gives the names of its metrics their beginning.
///
/// Derive it with `#[metric_set(group)]`: [`derive(MetricSet)`](derive@crate::MetricSet) describes
/// the attributes.
///
/// ```
/// use osapi_metrics::{Counter, MetricSet};
///
/// #[derive(MetricSet)]
/// #[metric_set(group)]
/// struct PoolMetrics {
///     /// Connections opened.
///     connections_opened_total: Counter,
/// }
///
/// /// The depot.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "depot")]
/// struct DepotMetrics {
///     /// Pallets stored.
///     pallets_stored_total: Counter,
///     #[metric(group = "read_pool")]
///     read: PoolMetrics,
///     #[metric(group = "write_pool")]
///     write: PoolMetrics,
/// }
///
/// assert_eq!(
///     DepotMetrics::DESCRIPTORS.iter().map(|metric| metric.name).collect::<Vec<_>>(),
///     [
///         "depot_pallets_stored_total",
///         "depot_read_pool_connections_opened_total",
///         "depot_write_pool_connections_opened_total",
///     ],
/// );
/// let depot = DepotMetrics::global();
/// depot.read.connections_opened_total.inc();
/// # depot.write.connections_opened_total.inc();
/// # depot.pallets_stored_total.inc();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of metrics",
    label = "this type does not derive `MetricSet` with `#[metric_set(group)]`",
    note = "a metric set has an instance and a prefix of its own, and is no group"
)]
pub trait MetricGroup: Sized + Send + Sync + 'static {
    /// The descriptor of each metric, in the order of the fields. The names lack the beginning that
    /// a set gives them.
    const DESCRIPTORS: &'static [MetricDescriptor];

    /// What the names may have that the rules refuse otherwise.
    #[doc(hidden)]
    const __OSAPI_RULES: MetricRules;

    /// Makes the instruments of the next metrics of a set.
    #[doc(hidden)]
    fn __osapi_new(of_set: &mut InstrumentList) -> Self;
}
