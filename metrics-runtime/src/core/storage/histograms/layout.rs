use std::sync::{Arc, LazyLock, Mutex};

use super::search::SearchTable;
use crate::core::sync::{ReentrancyGuard, lock_unless_lost};

/// A list of boundaries, with everything that follows from it. Histograms with equal boundaries
/// share a layout.
#[derive(Debug)]
pub(crate) struct Layout {
    boundaries: Arc<[f64]>,
    /// Absent for few lists. Within the layout, so that a search follows one pointer less.
    table: Option<SearchTable>,
}

/// The boundaries that a handler declares for the durations of its jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnBoundaries {
    /// The list, whose address stands for it in comparisons.
    pub(super) declared: &'static [f64],
    pub(crate) layout: &'static Layout,
}

static LAYOUTS: Mutex<Vec<&'static Layout>> = Mutex::new(Vec::new());

impl OwnBoundaries {
    pub(crate) fn of(declared: &'static [f64]) -> Self {
        Self { declared, layout: Layout::of(declared) }
    }
}

impl Layout {
    /// The layout of these boundaries, which increase and are finite.
    pub(crate) fn of(boundaries: &[f64]) -> &'static Self {
        let _guard = ReentrancyGuard::enter();
        // Without the lock, which may be lost, the layout is not shared.
        let mut layouts = lock_unless_lost(&LAYOUTS);
        let mut known = layouts.iter().flat_map(|layouts| layouts.iter());
        if let Some(known) = known.find(|known| *known.boundaries == *boundaries) {
            return known;
        }
        let table = SearchTable::new(boundaries);
        let layout = Self { boundaries: boundaries.into(), table };
        let layout: &'static Self = Box::leak(Box::new(layout));
        if let Some(layouts) = &mut layouts {
            layouts.push(layout);
        }
        layout
    }

    /// The layout without boundaries.
    pub(crate) fn empty() -> &'static Self {
        static EMPTY: LazyLock<Layout> =
            LazyLock::new(|| Layout { boundaries: Arc::default(), table: None });
        &EMPTY
    }

    /// The upper boundaries of the buckets, without infinity.
    pub(crate) fn boundaries(&self) -> &Arc<[f64]> {
        &self.boundaries
    }

    /// The number of buckets, with the one above the last boundary.
    pub(super) fn buckets(&self) -> usize {
        self.boundaries.len() + 1
    }

    /// The bucket of a value: a value that equals a boundary is in the bucket that ends there, as
    /// in the data model of OpenTelemetry and in Prometheus.
    pub(super) fn bucket(&self, value: f64) -> usize {
        self.quick_bucket(value)
            .unwrap_or_else(|| self.boundaries.partition_point(|boundary| *boundary < value))
    }

    /// The bucket of a value, if the boundaries allow the quick search.
    #[inline]
    pub(super) fn quick_bucket(&self, value: f64) -> Option<usize> {
        self.table.as_ref().map(|table| table.bucket(value))
    }

    /// The bucket of this layout that takes the samples of a bucket of another layout: they are
    /// counted as if they were equal to their upper boundary.
    pub(super) fn bucket_of(&self, other: &Self, bucket: usize) -> usize {
        if std::ptr::eq(self, other) {
            return bucket;
        }
        self.bucket(other.boundaries.get(bucket).copied().unwrap_or(f64::INFINITY))
    }
}
