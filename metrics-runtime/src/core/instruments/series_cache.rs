use std::{
    any::Any,
    borrow::Borrow,
    cell::RefCell,
    fmt,
    hash::Hash,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use hashbrown::HashMap;

use super::cached_series::CachedSeries;
use crate::core::sync::scope;

/// Finds the series of a label set once on each thread, and keeps the handles.
///
/// For metrics with open labels, whose series `with(labels)` looks up in a table: one look-up in
/// the cache stands for the look-ups in several metrics. `L` are the labels, or any other key that
/// determines them. `S` are the handles: one series, or a tuple of up to six.
///
/// ```
/// use osapi_metrics::{
///     Counter, Histogram, LabelSet, MetricSet,
///     instruments::{CounterSeries, HistogramSeries, SeriesCache},
/// };
///
/// #[derive(LabelSet)]
/// struct Table<'a> {
///     #[label(max = 100)]
///     table: &'a str,
/// }
///
/// /// Queries of the database.
/// #[derive(MetricSet)]
/// struct QueryMetrics {
///     /// Queries, by table.
///     queries_total: Counter<Table<'static>>,
///     /// Time to answer a query.
///     #[metric(unit = "s")]
///     query_duration_seconds: Histogram<Table<'static>>,
/// }
///
/// static SERIES: SeriesCache<String, (CounterSeries, HistogramSeries)> =
///     SeriesCache::new(|table: &String| {
///         let metrics = QueryMetrics::global();
///         (
///             metrics.queries_total.with(Table { table }),
///             metrics.query_duration_seconds.with(Table { table }),
///         )
///     });
///
/// fn record(table: &str, seconds: f64) {
///     let (queries, duration) = SERIES.with_ref(table);
///     queries.inc();
///     duration.record(seconds);
/// }
/// # record("orders", 0.25);
/// # record("orders", 0.5);
/// ```
///
/// # Handles that are not kept
///
/// * The handle of a series that has ended: the next [`with`](Self::with) or
///   [`with_ref`](Self::with_ref) finds, and so begins, the next series of the labels.
/// * The handle of the overflow series, because each use of the overflow series is counted.
/// * The handle of a series of a metric with a `recent` label, because only a look-up counts as a
///   use of the label's value.
/// * A handle with labels that only exemplars have (`#[label(exemplar)]`), while a sample of the
///   series can become an exemplar. A handle that is kept has no such labels: look such labels up
///   without a cache.
/// * A handle that was taken while recording is off.
///
/// A thread that captures for a test (feature `testing`) looks everything up, because each capture
/// has instances of its own of all metric sets. A thread keeps the handles of 256 label sets, and
/// begins anew when one more comes.
pub struct SeriesCache<L, S> {
    find: fn(&L) -> S,
    /// The index of the cache among the caches of a thread.
    index: OnceLock<usize>,
}

thread_local! {
    /// The handles that this thread keeps, by the index of the cache: a `HashMap<L, S>`.
    static KEPT: RefCell<Vec<Option<Box<dyn Any>>>> = const { RefCell::new(Vec::new()) };
}

/// The most label sets that a thread keeps handles of.
const MAX_KEPT: usize = 256;

impl<L: Eq + Hash + 'static, S: CachedSeries> SeriesCache<L, S> {
    /// A cache for a `static`. `find` takes the handles from the metrics, with `with`.
    pub const fn new(find: fn(&L) -> S) -> Self {
        Self { find, index: OnceLock::new() }
    }

    /// The handles to the series of these labels.
    #[inline]
    pub fn with(&'static self, labels: L) -> S {
        if scope::is_active() {
            return (self.find)(&labels);
        }
        self.kept(&labels).unwrap_or_else(|| self.find(labels))
    }

    /// [`with`](Self::with) for labels that are borrowed, such as a `&str` where the key is a
    /// `String`. They are cloned only if this thread does not keep the handles yet.
    #[inline]
    pub fn with_ref<Q>(&'static self, labels: &Q) -> S
    where
        L: Borrow<Q>,
        Q: ToOwned<Owned = L> + Eq + Hash + ?Sized,
    {
        if scope::is_active() {
            return (self.find)(&labels.to_owned());
        }
        self.kept(labels).unwrap_or_else(|| self.find(labels.to_owned()))
    }

    /// The handles that this thread keeps, unless a series has ended.
    #[inline]
    fn kept<Q: Eq + Hash + ?Sized>(&self, labels: &Q) -> Option<S>
    where
        L: Borrow<Q>,
    {
        let index = *self.index.get()?;
        // The caches are gone at the end of the thread, and borrowed while the allocator that
        // serves them records.
        let kept = KEPT.try_with(|caches| {
            let caches = caches.try_borrow().ok()?;
            let kept: &HashMap<L, S> = caches.get(index)?.as_ref()?.downcast_ref()?;
            kept.get(labels).copied()
        });
        kept.ok().flatten().filter(CachedSeries::is_current)
    }

    #[cold]
    fn find(&self, labels: L) -> S {
        let series = (self.find)(&labels);
        if series.can_be_kept() {
            self.keep(labels, series);
        }
        series
    }

    fn keep(&self, labels: L, series: S) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let index = *self.index.get_or_init(|| NEXT.fetch_add(1, Ordering::Relaxed));
        let _ = KEPT.try_with(|caches| {
            let Ok(mut caches) = caches.try_borrow_mut() else { return };
            if caches.len() <= index {
                caches.resize_with(index + 1, || None);
            }
            let cache = caches[index].get_or_insert_with(|| Box::new(HashMap::<L, S>::new()));
            let Some(kept) = cache.downcast_mut::<HashMap<L, S>>() else { return };
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(labels, series);
        });
    }
}

impl<L, S> fmt::Debug for SeriesCache<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeriesCache").finish_non_exhaustive()
    }
}
