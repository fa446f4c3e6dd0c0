//! The values of a `recent` label, and which of them was used least recently.

use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use hashbrown::HashMap;

use super::labels::SeriesLabels;
use crate::core::descriptor::OwnedLabel;

/// The values in use, with their series.
///
/// A use of a value is noted in its [`RecentValue::used`] alone. The heap orders the values by the
/// use that was seen last, so a value at its top may have been used since; then it goes back with
/// the later use. Each use moves a value once at most, and the search for the least recent value
/// need not look at all of them.
#[derive(Debug)]
pub(super) struct RecentValues {
    /// The position of the label among the labels of the metric.
    position: usize,
    values: HashMap<OwnedLabel, RecentValue>,
    /// Of the values that count towards the limit. May have entries of values that have gone.
    by_use: BinaryHeap<SeenUse>,
}

#[derive(Debug)]
struct RecentValue {
    series: Vec<Arc<SeriesLabels>>,
    used: Arc<AtomicU64>,
}

/// The use of a value that was seen last. The least use is the greatest entry of a heap.
#[derive(Debug)]
struct SeenUse {
    at: u64,
    /// A series of the value.
    series: Arc<SeriesLabels>,
    used: Arc<AtomicU64>,
}

/// Entries of values that have gone, beyond which the heap is made anew.
const GONE: usize = 64;

impl RecentValues {
    /// No values of the label at this position.
    pub(super) fn new(position: usize) -> Self {
        Self { position, values: HashMap::new(), by_use: BinaryHeap::new() }
    }

    pub(super) fn contain(&self, value: &OwnedLabel) -> bool {
        self.values.contains_key(value)
    }

    /// Adds a series of a value, and returns where the uses of the value are noted. `now` is later
    /// than all uses so far.
    pub(super) fn enter(
        &mut self,
        labels: &Arc<SeriesLabels>,
        value: &OwnedLabel,
        counts: bool,
        now: u64,
    ) -> Arc<AtomicU64> {
        if let Some(known) = self.values.get_mut(value) {
            known.series.push(Arc::clone(labels));
            return Arc::clone(&known.used);
        }
        let used = Arc::new(AtomicU64::new(now));
        let entered = RecentValue { series: vec![Arc::clone(labels)], used: Arc::clone(&used) };
        self.values.insert(value.clone(), entered);
        if counts {
            let (series, used) = (Arc::clone(labels), Arc::clone(&used));
            self.by_use.push(SeenUse { at: now, series, used });
        }
        used
    }

    /// Removes a series of a value. Returns whether it was the last one of the value.
    pub(super) fn leave(&mut self, value: &OwnedLabel, labels: &Arc<SeriesLabels>) -> bool {
        let Some(in_use) = self.values.get_mut(value) else { return false };
        in_use.series.retain(|other| !Arc::ptr_eq(other, labels));
        if !in_use.series.is_empty() {
            return false;
        }
        self.values.remove(value);
        if self.by_use.len() > 2 * self.values.len() + GONE {
            let (values, position) = (&self.values, self.position);
            self.by_use.retain(|seen| seen.current(values, position).is_some());
        }
        true
    }

    /// The series of the value that was used least recently, of all values that count except this
    /// one.
    pub(super) fn least_recent(&mut self, except: &OwnedLabel) -> Option<Vec<Arc<SeriesLabels>>> {
        let mut excepted = None;
        let found = loop {
            let Some(seen) = self.by_use.peek() else { break None };
            let Some(value) = seen.current(&self.values, self.position) else {
                self.by_use.pop();
                continue;
            };
            let used = value.used.load(Relaxed);
            if used > seen.at {
                if let Some(mut seen) = self.by_use.peek_mut() {
                    seen.at = used;
                }
            } else if seen.series.values()[self.position] == *except {
                excepted = self.by_use.pop();
            } else {
                break Some(value.series.clone());
            }
        };
        self.by_use.extend(excepted);
        found
    }
}

impl SeenUse {
    /// The value, unless it has gone since, or gone and come back.
    fn current<'v>(
        &self,
        values: &'v HashMap<OwnedLabel, RecentValue>,
        position: usize,
    ) -> Option<&'v RecentValue> {
        values
            .get(&self.series.values()[position])
            .filter(|value| Arc::ptr_eq(&value.used, &self.used))
    }
}

impl Ord for SeenUse {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for SeenUse {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SeenUse {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for SeenUse {}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::core::{descriptor::LabelRef, sync::Timestamp};

    const EXCEPT: u64 = 3;

    fn label(value: u64) -> OwnedLabel {
        LabelRef::Str(&value.to_string()).to_owned_label()
    }

    fn series(value: u64) -> Arc<SeriesLabels> {
        Arc::new(SeriesLabels::new(&[], Box::new([label(value)]), Timestamp::now()))
    }

    /// The same as a list in which the value that was used last stands last.
    #[derive(Default)]
    struct Model(Vec<(u64, Arc<SeriesLabels>, Arc<AtomicU64>)>);

    impl Model {
        fn least_recent(&self) -> Option<&Arc<SeriesLabels>> {
            let mut others = self.0.iter().filter(|(value, ..)| *value != EXCEPT);
            others.next().map(|(_, series, _)| series)
        }
    }

    proptest! {
        #[test]
        fn the_least_recent_value_is_that_of_a_list(steps in vec((0_u64..8, 0_u8..3), 1..200)) {
            let (mut values, mut model, mut now) = (RecentValues::new(0), Model::default(), 0);
            for (value, step) in steps {
                now += 1;
                let at = model.0.iter().position(|(known, ..)| *known == value);
                match (at, step) {
                    (None, _) => {
                        let labels = series(value);
                        let used = values.enter(&labels, &label(value), true, now);
                        model.0.push((value, labels, used));
                    }
                    (Some(at), 0) => {
                        let (_, labels, _) = model.0.remove(at);
                        prop_assert!(values.leave(&label(value), &labels));
                    }
                    (Some(at), _) => {
                        let known = model.0.remove(at);
                        known.2.fetch_max(now, Relaxed);
                        model.0.push(known);
                    }
                }
                if step == 2 {
                    let found = values.least_recent(&label(EXCEPT));
                    let expected = model.least_recent();
                    prop_assert_eq!(found.is_some(), expected.is_some());
                    if let (Some(found), Some(expected)) = (found, expected) {
                        prop_assert!(Arc::ptr_eq(&found[0], expected));
                    }
                }
            }
        }
    }

    #[test]
    fn values_that_go_leave_no_entries_behind() {
        let mut values = RecentValues::new(0);
        for value in 0..10_000 {
            let labels = series(value);
            values.enter(&labels, &label(value), true, value);
            values.leave(&label(value), &labels);
        }
        assert!(values.by_use.len() <= GONE, "{}", values.by_use.len());
    }

    #[test]
    fn a_value_that_does_not_count_is_never_the_least_recent() {
        let mut values = RecentValues::new(0);
        values.enter(&series(1), &label(1), false, 1);
        assert!(values.least_recent(&label(EXCEPT)).is_none());
    }
}
