use std::{
    hash::{BuildHasher, Hash, Hasher},
    sync::{
        OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::Series;
use crate::{
    descriptor::{LabelValues, MetricDescriptor},
    labels::{LabelRef, LabelSet, OwnedLabel},
};

/// Series that come into being with their first use.
///
/// They live as long as the process: handles to them are `Copy` and can be kept. The declared
/// limits bound how many there are.
#[derive(Debug)]
pub(super) struct DynamicSeries<C: 'static> {
    descriptor: &'static MetricDescriptor,
    hasher: DefaultHashBuilder,
    known: RwLock<Known<C>>,
    overflow: OnceLock<&'static Series<C>>,
    overflowed: AtomicU64,
}

#[derive(Debug)]
struct Known<C: 'static> {
    series: HashTable<&'static Series<C>>,
    /// For each open label the values seen so far, and how many are allowed.
    open: Box<[OpenLabel]>,
}

#[derive(Debug)]
struct OpenLabel {
    position: usize,
    max: usize,
    values: HashTable<OwnedLabel>,
}

impl<C: Default> DynamicSeries<C> {
    pub(super) fn new(descriptor: &'static MetricDescriptor) -> Self {
        let open = descriptor.labels.iter().enumerate().filter_map(|(position, label)| {
            let LabelValues::Open { max } = label.values else { return None };
            Some(OpenLabel { position, max, values: HashTable::new() })
        });
        Self {
            descriptor,
            hasher: DefaultHashBuilder::default(),
            known: RwLock::new(Known { series: HashTable::new(), open: open.collect() }),
            overflow: OnceLock::new(),
            overflowed: AtomicU64::new(0),
        }
    }

    pub(super) fn series<L: LabelSet>(&self, labels: &L) -> &'static Series<C> {
        let hash = self.hash_set(labels);
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(series) = known.find(hash, labels) {
                return series;
            }
            if !self.fits(&known, labels) {
                drop(known);
                return self.overflow();
            }
        }
        self.insert(hash, labels)
    }

    pub(super) fn snapshot(&self) -> Vec<&'static Series<C>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.series.iter().copied().chain(self.overflow.get().copied()).collect()
    }

    pub(super) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    fn insert<L: LabelSet>(&self, hash: u64, labels: &L) -> &'static Series<C> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been here between the two locks.
        if let Some(series) = known.find(hash, labels) {
            return series;
        }
        if !self.fits(&known, labels) {
            drop(known);
            return self.overflow();
        }
        let mut values = Vec::with_capacity(self.descriptor.labels.len());
        labels.visit(&mut |value| values.push(value.to_owned_label()));
        for open in &mut known.open {
            let value = &values[open.position];
            if !open.knows(self.hash(value.borrow()), value.borrow()) {
                let hash = self.hash(value.borrow());
                open.values.insert_unique(hash, value.clone(), |v| self.hash(v.borrow()));
            }
        }
        let series: &'static _ = Box::leak(Box::new(Series::new(self.descriptor, values.into())));
        known.series.insert_unique(hash, series, |series| self.hash_owned(series));
        series
    }

    /// Whether neither an open label nor the metric as a whole would exceed its limit.
    fn fits<L: LabelSet>(&self, known: &Known<C>, labels: &L) -> bool {
        let mut fits = known.series.len() < self.descriptor.max_series();
        let mut position = 0;
        labels.visit(&mut |value| {
            if let Some(open) = known.open.iter().find(|open| open.position == position) {
                fits &= open.values.len() < open.max || open.knows(self.hash(value), value);
            }
            position += 1;
        });
        fits
    }

    #[cold]
    fn overflow(&self) -> &'static Series<C> {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        self.overflow.get_or_init(|| Box::leak(Box::new(Series::overflow())))
    }

    fn hash(&self, value: LabelRef<'_>) -> u64 {
        self.hasher.hash_one(value)
    }

    fn hash_set<L: LabelSet>(&self, labels: &L) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        labels.visit(&mut |value| value.hash(&mut hasher));
        hasher.finish()
    }

    fn hash_owned(&self, series: &Series<C>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        series.labels.values.iter().for_each(|value| value.borrow().hash(&mut hasher));
        hasher.finish()
    }
}

impl<C> Known<C> {
    fn find<L: LabelSet>(&self, hash: u64, labels: &L) -> Option<&'static Series<C>> {
        let same = |series: &&'static Series<C>| {
            let mut same = true;
            let mut stored = series.labels.values.iter();
            labels.visit(&mut |value| {
                same &= stored.next().is_some_and(|stored| stored.borrow() == value);
            });
            same
        };
        self.series.find(hash, same).copied()
    }
}

impl OpenLabel {
    fn knows(&self, hash: u64, value: LabelRef<'_>) -> bool {
        self.values.find(hash, |known| known.borrow() == value).is_some()
    }
}
