use std::{
    ptr,
    sync::{Arc, LazyLock, Mutex},
};

use super::{
    fine_search::FineTable,
    native::{NativeBuckets, NativeCells},
    search::SearchTable,
    window::Window,
};
use crate::core::sync::{ReentrancyGuard, lock_unless_lost};

/// A list of boundaries, with everything that follows from it. Histograms with equal boundaries
/// share a layout.
#[derive(Debug)]
pub(crate) struct Layout {
    boundaries: Arc<[f64]>,
    search: Search,
    /// Absent unless the histograms are native ones.
    native: Option<NativeLayout>,
}

/// The part of a layout that makes its histograms native ones.
#[derive(Debug)]
struct NativeLayout {
    /// The layout of the declared boundaries alone.
    classic: &'static Layout,
    cells: NativeCells,
}

/// How the bucket of a value is found. The tables are within the layout, so that a search follows
/// one pointer less.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there are few layouts")]
enum Search {
    Table(SearchTable),
    FineTable(FineTable),
    /// For few lists.
    Binary,
    /// For coarse windows of native layouts, and few lists.
    NativeBinary,
}

/// The boundaries that a handler declares for the durations of its jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnBoundaries {
    /// The list, whose address stands for it in comparisons.
    pub(super) declared: &'static [f64],
    /// The layout without native buckets.
    pub(crate) layout: &'static Layout,
}

static LAYOUTS: Mutex<Vec<&'static Layout>> = Mutex::new(Vec::new());

impl OwnBoundaries {
    /// The boundaries of a handler.
    pub(crate) fn of(declared: &'static [f64]) -> Self {
        Self { declared, layout: Layout::of(declared) }
    }
}

impl Layout {
    /// The layout of these boundaries, which increase and are finite.
    pub(crate) fn of(boundaries: &[f64]) -> &'static Self {
        let is_it = |known: &Self| known.native.is_none() && *known.boundaries == *boundaries;
        Self::shared(is_it, || {
            let search = SearchTable::new(boundaries).map_or(Search::Binary, Search::Table);
            Self { boundaries: boundaries.into(), search, native: None }
        })
    }

    /// The layout that is known, or else a new one.
    fn shared(is_it: impl Fn(&Self) -> bool, new: impl FnOnce() -> Self) -> &'static Self {
        let _guard = ReentrancyGuard::enter();
        // Without the lock, which may be lost, the layout is not shared.
        let mut layouts = lock_unless_lost(&LAYOUTS);
        let mut known = layouts.iter().flat_map(|layouts| layouts.iter());
        if let Some(known) = known.find(|known| is_it(known)) {
            return known;
        }
        let layout: &'static Self = Box::leak(Box::new(new()));
        if let Some(layouts) = &mut layouts {
            layouts.push(layout);
        }
        layout
    }

    /// The layout with these boundaries whose histograms are native ones, or this one.
    pub(crate) fn native_if(&'static self, is_native: bool) -> &'static Self {
        if is_native { self.within(Window::of(&self.boundaries)) } else { self }
    }

    /// The layout with the boundaries of this one, native if another one is.
    pub(crate) fn native_as(&'static self, other: &Self) -> &'static Self {
        if self.is_native() == other.is_native() {
            self
        } else {
            self.classic().native_if(other.is_native())
        }
    }

    /// The native layout with this window, whose classic boundaries are those of this layout.
    fn within(&'static self, window: Window) -> &'static Self {
        let is_it = |known: &Self| {
            let native = known.native.as_ref();
            native.is_some_and(|n| ptr::eq(n.classic, self) && n.cells.window == window)
        };
        Self::shared(is_it, || {
            let mut boundaries: Vec<_> = self.boundaries.iter().copied().collect();
            boundaries.extend(window.boundaries());
            boundaries.sort_unstable_by(f64::total_cmp);
            // Zero has one sign here.
            boundaries.dedup();
            let search = FineTable::new(&window, &boundaries);
            let search = search.map_or(Search::NativeBinary, Search::FineTable);
            let cells = NativeCells::new(window, &boundaries);
            let native = Some(NativeLayout { classic: self, cells });
            Self { boundaries: boundaries.into(), search, native }
        })
    }

    /// The layout that has a bucket for a sample: this one, unless it is native and the sample is
    /// outside of its window.
    pub(super) fn including(&'static self, value: f64) -> &'static Self {
        let Some(native) = self.native.as_ref().filter(|native| !native.cells.has(value)) else {
            return self;
        };
        let mut window = native.cells.window;
        window.include(value);
        native.classic.within(window)
    }

    /// The layout that reaches as far as another one, if both are native.
    pub(super) fn including_layout(&'static self, other: &Self) -> &'static Self {
        let (Some(native), Some(other)) = (&self.native, &other.native) else { return self };
        let mut window = native.cells.window;
        window.include_window(&other.cells.window);
        native.classic.within(window)
    }

    /// The layout of the declared boundaries alone.
    pub(crate) fn classic(&'static self) -> &'static Self {
        self.native.as_ref().map_or(self, |native| native.classic)
    }

    pub(crate) fn is_native(&self) -> bool {
        self.native.is_some()
    }

    /// Sets the buckets of the declared boundaries.
    pub(crate) fn classic_buckets(&'static self, buckets: &[u64], classic: &mut [u64]) {
        let Some(native) = &self.native else { return classic.copy_from_slice(buckets) };
        classic.fill(0);
        for (bucket, count) in buckets.iter().enumerate() {
            classic[native.classic.bucket_of(self, bucket)] += count;
        }
    }

    /// The samples in native buckets, if the layout has them.
    pub(crate) fn native_buckets(&self, buckets: &[u64]) -> Option<NativeBuckets> {
        self.native.as_ref().map(|native| native.cells.buckets(buckets))
    }

    /// The layout without boundaries.
    pub(crate) fn empty() -> &'static Self {
        static EMPTY: LazyLock<Layout> = LazyLock::new(|| Layout {
            boundaries: Arc::default(),
            search: Search::Binary,
            native: None,
        });
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

    /// The bucket of a sample that a cell takes; beyond all buckets if the sample is outside of the
    /// window of a native layout. What is not finite has a bucket, because it is refused later.
    #[inline]
    pub(super) fn bucket_within(&self, value: f64) -> usize {
        match &self.search {
            // First, because these lists always come here.
            Search::Binary => self.boundaries.partition_point(|boundary| *boundary < value),
            Search::Table(table) => table.bucket(value),
            Search::FineTable(_) | Search::NativeBinary => {
                let is_outside =
                    self.native.as_ref().is_some_and(|native| !native.cells.has(value));
                if is_outside { usize::MAX } else { self.bucket(value) }
            }
        }
    }

    /// The bucket of a value, if the boundaries and the value allow the quick search.
    #[inline]
    pub(super) fn quick_bucket(&self, value: f64) -> Option<usize> {
        match &self.search {
            Search::Table(table) => Some(table.bucket(value)),
            Search::FineTable(table) => table.bucket(value),
            Search::Binary | Search::NativeBinary => None,
        }
    }

    /// The bucket of this layout that takes the samples of a bucket of another layout: they are
    /// counted as if they were equal to their upper boundary.
    pub(super) fn bucket_of(&self, other: &Self, bucket: usize) -> usize {
        if ptr::eq(self, other) {
            return bucket;
        }
        self.bucket(other.boundaries.get(bucket).copied().unwrap_or(f64::INFINITY))
    }
}
