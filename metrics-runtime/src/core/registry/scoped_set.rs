use std::{fmt, ops::Deref, sync::Arc};

use super::{metric_set::MetricSet, scopes::ScopedInstance};

/// An instance of a set that belongs to one thing of several: one of two caches, one of three
/// pools. Made by the function `scoped`, which `derive(MetricSet)` gives to a set with
/// `#[metric_set(scope(labels = …))]`.
///
/// All series of the instance have the labels that it was made with, in front of their own. They
/// end with the last clone of the instance: later scrapes and exports leave them out, values that
/// are recorded through a handle from before are dropped, and closures that observe the instance
/// are dropped. Only a capture of a test (feature `testing`) still has the values.
///
/// * The same labels are the same instance: the second owner records in the series of the first.
/// * Instances beyond the limit of a label (`max`), or of the metric, share the overflow series,
///   as all series beyond a limit do. An instance that ends makes room.
/// * `global()` of the set is the instance of none: its series do not have the labels, and exist
///   from the first call on.
///
/// ```
/// use osapi_metrics::{Counter, LabelSet, MetricSet, ScopedSet};
///
/// #[derive(LabelSet)]
/// struct CacheLabels {
///     #[label(max = 20)]
///     cache: &'static str,
/// }
///
/// /// What the caches of the service do.
/// #[derive(MetricSet)]
/// #[metric_set(scope(labels = CacheLabels))]
/// struct CacheMetrics {
///     /// Look-ups that found a value.
///     cache_hits_total: Counter,
/// }
///
/// struct Cache {
///     metrics: ScopedSet<CacheMetrics>,
/// }
///
/// let users = Cache { metrics: CacheMetrics::scoped(CacheLabels { cache: "users" }) };
/// users.metrics.cache_hits_total.inc(); // osapi_cache_hits_total{cache="users"}
/// drop(users); // the series has ended
/// ```
pub struct ScopedSet<S: MetricSet>(pub(super) Arc<ScopedInstance<S>>);

impl<S: MetricSet> Deref for ScopedSet<S> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        self.0.set()
    }
}

impl<S: MetricSet> Clone for ScopedSet<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: MetricSet> fmt::Debug for ScopedSet<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScopedSet").field(self.0.scope()).finish()
    }
}
