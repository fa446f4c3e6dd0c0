use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{AllSeries, AnyLabels, SeriesLabels, open::OpenSeries};
use crate::{
    descriptor::MetricDescriptor,
    labels::{LabelSet, closed_combination, is_closed},
    recording::enabled,
};

/// All series of one metric, of a [`Kind`] and its places.
#[derive(Debug)]
pub struct Family<K, P> {
    pub(crate) descriptor: &'static MetricDescriptor,
    pub(crate) kind: K,
    series: Storage<P>,
    dropped: AtomicU64,
}

/// Where the series of a family have their values.
pub trait Kind: Debug + Send + Sync + 'static {
    /// Where one series has its value. A handle is not much more.
    type Place: Copy + Debug + Send + Sync + 'static;

    /// A place for a new series.
    fn claim(&self, labels: &Arc<SeriesLabels>) -> Self::Place;

    /// Ends a series.
    fn release(&self, place: Self::Place);

    /// A place where what is recorded is dropped, for handles that are made while recording is off.
    fn nowhere(&self) -> Self::Place;

    /// Whether anything was ever recorded in a series that is still there.
    fn was_recorded(&self, place: Self::Place) -> bool;

    /// [`Family::find`], to be compiled here and not again in every crate that has such metrics.
    fn find(family: &Family<Self, Self::Place>, labels: &dyn AnyLabels) -> Self::Place
    where
        Self: Sized;
}

#[derive(Debug)]
enum Storage<P> {
    /// Every combination, at the index that [`LabelSet::combination`] gives.
    Closed(Arc<Snapshot<P>>),
    /// Found by hashing, made on first sight.
    Open(OpenSeries<P>),
}

/// The series that there are, and their places in the same order.
#[derive(Debug)]
pub(crate) struct Snapshot<P> {
    pub(crate) labels: AllSeries,
    pub(crate) places: Box<[P]>,
}

impl<K: Kind> Family<K, K::Place> {
    pub(crate) fn new(descriptor: &'static MetricDescriptor, kind: K) -> Self {
        let labels = descriptor.labels;
        let series = if is_closed(labels) {
            let combinations = 0..descriptor.max_series();
            let all = combinations.map(|index| {
                let labels = Arc::new(SeriesLabels::new(labels, closed_combination(labels, index)));
                let place = kind.claim(&labels);
                (labels, place)
            });
            Storage::Closed(Arc::new(all.collect()))
        } else {
            Storage::Open(OpenSeries::new(descriptor))
        };
        Self { descriptor, kind, series, dropped: AtomicU64::new(0) }
    }

    /// The places of all series, at the index that [`LabelSet::combination`] gives; none if they are not
    /// known from the start.
    pub(crate) fn closed(&self) -> &[K::Place] {
        match &self.series {
            Storage::Closed(all) => &all.places,
            Storage::Open(_) => &[],
        }
    }

    /// The place of the series of these labels, or of the overflow series if a limit is reached.
    #[inline]
    pub(crate) fn place<L: LabelSet>(&self, labels: &L) -> K::Place {
        match &self.series {
            Storage::Closed(all) => all.places[labels.combination()],
            Storage::Open(_) => K::find(self, labels),
        }
    }

    /// The same, for series that have to be looked for.
    pub(crate) fn find(&self, labels: &dyn AnyLabels) -> K::Place {
        match &self.series {
            Storage::Closed(_) => self.kind.nowhere(),
            Storage::Open(open) => open.place(labels, &self.kind),
        }
    }

    /// The same, but a look at the switch while recording is off: what is recorded there is dropped.
    #[inline]
    pub(crate) fn place_if_on<L: LabelSet>(&self, labels: &L) -> K::Place {
        if enabled() { self.place(labels) } else { self.kind.nowhere() }
    }

    /// Whether series can end.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.series, Storage::Open(_))
    }

    /// The series that there are now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot<K::Place>> {
        match &self.series {
            Storage::Closed(all) => Arc::clone(all),
            Storage::Open(open) => open.snapshot(),
        }
    }

    /// Ends the series of these labels. `false` if there is none.
    pub(crate) fn remove(&self, labels: &dyn AnyLabels) -> bool {
        match &self.series {
            Storage::Closed(_) => false,
            Storage::Open(open) => open.remove(labels, &self.kind),
        }
    }

    /// Ends the series that are not to be kept, and tells how many they were.
    pub(crate) fn retain(&self, keep: &mut dyn FnMut(&SeriesLabels) -> bool) -> usize {
        match &self.series {
            Storage::Closed(_) => 0,
            Storage::Open(open) => open.retain(keep, &self.kind),
        }
    }

    /// Whether anything was ever recorded, also in series that have ended.
    pub(crate) fn was_recorded(&self) -> bool {
        let has_ended = match &self.series {
            Storage::Closed(_) => false,
            Storage::Open(open) => open.lost_recorded(),
        };
        has_ended || self.snapshot().places.iter().any(|place| self.kind.was_recorded(*place))
    }

    /// Counts a sample that cannot be recorded: NaN, infinite, negative for a counter, or a duration
    /// where the unit is none of time.
    #[cold]
    pub(crate) fn drop_sample(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> FamilyStats {
        FamilyStats {
            series: self.snapshot().places.len(),
            dropped: self.dropped.load(Ordering::Relaxed),
            overflowed: match &self.series {
                Storage::Closed(_) => 0,
                Storage::Open(open) => open.overflowed(),
            },
        }
    }
}

/// What a family keeps, and what it could not record as asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FamilyStats {
    /// Series that there are now, with or without a value.
    pub(crate) series: usize,
    /// Samples that could not be recorded.
    pub(crate) dropped: u64,
    /// Uses of the overflow series.
    pub(crate) overflowed: u64,
}

impl<P> Snapshot<P> {
    /// Calls `see` with each series that has a value; `values` are those of the series in order.
    pub(crate) fn each<T>(
        &self,
        values: impl IntoIterator<Item = Option<T>>,
        see: &mut (dyn FnMut(T, &Arc<SeriesLabels>) + '_),
    ) {
        for (labels, value) in self.labels.iter().zip(values) {
            if let Some(value) = value {
                see(value, labels);
            }
        }
    }
}

impl<P> FromIterator<(Arc<SeriesLabels>, P)> for Snapshot<P> {
    fn from_iter<I: IntoIterator<Item = (Arc<SeriesLabels>, P)>>(series: I) -> Self {
        let (labels, places): (Vec<_>, Vec<_>) = series.into_iter().unzip();
        Self { labels: labels.into(), places: places.into() }
    }
}
