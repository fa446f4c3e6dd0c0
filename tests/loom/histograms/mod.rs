//! The cell of a histogram in one shard: every read is exact.

#[path = "../../../metrics-runtime/src/core/storage/histograms/cell.rs"]
mod cell;
#[path = "../../../metrics-runtime/src/core/storage/histograms/extremes.rs"]
mod extremes;
#[expect(dead_code, reason = "a cell compares and adds only")]
#[expect(unreachable_pub, reason = "public where the file belongs")]
#[path = "../../../metrics-runtime/src/core/storage/histograms/sample.rs"]
mod sample;
mod sync;

use std::sync::Arc;

use loom::{
    sync::{Mutex, atomic::AtomicU64},
    thread,
};

use cell::{HistogramCell, LINE, Read, Written};
use extremes::Extremes;

use crate::{
    check,
    shards::{Owned, Shards, shards},
};

/// The cell of a shard: its first line, and one line of buckets.
#[derive(Debug)]
struct OneCell([AtomicU64; 2 * LINE]);

impl Default for OneCell {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

/// The samples that a read found. Each sample is its bucket plus 1.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    count: u64,
    sum: u64,
    buckets: [u64; 2],
}

const GENERATION: u16 = 1;

impl OneCell {
    fn cell(&self) -> HistogramCell<'_> {
        HistogramCell::new(&self.0).unwrap()
    }

    fn write(&self, generation: u16, bucket: usize) {
        let (cell, value) = (self.cell(), bucket as u64 + 1);
        if cell.write_quickly(generation, value, bucket) {
            return;
        }
        let write = || cell.write(generation, value, bucket);
        if write() == Written::Unavailable {
            cell.adopt::<u64>(generation);
            assert_eq!(write(), Written::Yes);
        }
    }

    /// Reads once, as the runtime does it in a loop. `None` if the read has to be repeated.
    fn try_read(&self, generation: u16) -> Option<Found> {
        let mut buckets = [0; 2];
        match self.cell().read::<u64>(generation, &mut buckets) {
            Read::Again => None,
            Read::Nothing => Some(Found::default()),
            Read::Samples { count, sum, extremes: Extremes { min, max } } => {
                let found = Found { count, sum, buckets };
                let [ones, twos] = buckets;
                assert_eq!(ones + twos, count, "{found:?}");
                assert_eq!(ones + 2 * twos, sum, "{found:?}");
                assert_eq!(min, if ones > 0 { 1 } else { 2 }, "{found:?}");
                assert_eq!(max, if twos > 0 { 2 } else { 1 }, "{found:?}");
                Some(found)
            }
        }
    }
}

/// The samples in all shards.
fn read(shards: &Shards<OneCell>, generation: u16) -> Option<Found> {
    let mut all = Found::default();
    for shard in shards.iter() {
        let found = shard.try_read(generation)?;
        all.count += found.count;
        all.sum += found.sum;
        (0..2).for_each(|bucket| all.buckets[bucket] += found.buckets[bucket]);
    }
    Some(all)
}

/// Writes samples in these buckets beside reads, in every order.
fn written_beside_reads(buckets: &'static [usize], changes: usize) {
    check(changes, move || {
        let cell = Arc::new(OneCell::default());
        let thread = thread::spawn({
            let cell = Arc::clone(&cell);
            move || buckets.iter().for_each(|bucket| cell.write(GENERATION, *bucket))
        });
        let (first, second) = (cell.try_read(GENERATION), cell.try_read(GENERATION));
        if let (Some(first), Some(second)) = (&first, &second) {
            assert!(first.count <= second.count, "{first:?}, then {second:?}");
        }
        thread.join().unwrap();
        let found = cell.try_read(GENERATION).expect("nobody writes");
        assert_eq!(found.count, buckets.len() as u64);
    });
}

#[test]
fn samples_that_change_the_extremes_are_read_as_a_whole_or_not_at_all() {
    written_beside_reads(&[1, 0], 4);
}

#[test]
fn samples_within_the_extremes_are_read_as_a_whole_or_not_at_all() {
    written_beside_reads(&[0, 0, 0], 3);
}

#[test]
fn a_read_beside_many_samples_is_exact_or_repeated() {
    written_beside_reads(&[0, 1, 1, 0], 2);
}

/// A writer that does not go on within a write does not hold up a reader.
#[test]
fn one_write_at_most_does_not_make_a_read_repeat() {
    check(4, || {
        let cell = Arc::new(OneCell::default());
        cell.write(GENERATION, 0);
        let thread = thread::spawn({
            let cell = Arc::clone(&cell);
            move || cell.write(GENERATION, 1)
        });
        let found = cell.try_read(GENERATION);
        assert!(found.is_none_or(|found| (1..=2).contains(&found.count)));
        thread.join().unwrap();
    });
}

#[test]
fn a_shard_goes_from_thread_to_thread_with_its_samples() {
    check(3, || {
        let shards = shards::<OneCell>(1);
        let threads = [0, 1].map(|bucket| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || {
                let owned = Owned::take(&shards);
                let has_shard = owned.is_some();
                if let Some(shard) = owned {
                    shard.write(GENERATION, bucket);
                }
                has_shard
            })
        });
        let first = read(&shards, GENERATION);
        let written = threads.map(|thread| u64::from(thread.join().unwrap()));
        let found = read(&shards, GENERATION).expect("nobody writes");
        assert_eq!(found.count, written.iter().sum::<u64>());
        assert!(first.is_none_or(|first| first.count <= found.count));
    });
}

/// The cell of a series that has ended goes to the next one, whose samples are its own.
#[test]
fn the_next_series_begins_without_samples() {
    check(3, || {
        let cell = Arc::new(OneCell::default());
        // What slots do: a reader asks afterwards whether the series has ended.
        let current = Arc::new(Mutex::new(GENERATION));
        cell.write(GENERATION, 0);
        let thread = thread::spawn({
            let (cell, current) = (Arc::clone(&cell), Arc::clone(&current));
            move || {
                *current.lock().unwrap() = GENERATION + 1;
                cell.write(GENERATION + 1, 1);
            }
        });
        let mut buckets = [0; 2];
        let old = cell.cell().read::<u64>(GENERATION, &mut buckets);
        if *current.lock().unwrap() == GENERATION {
            let extremes = Extremes { min: 1, max: 1 };
            assert_eq!(old, Read::Samples { count: 1, sum: 1, extremes });
            assert_eq!(buckets, [1, 0]);
        }
        let new = cell.try_read(GENERATION + 1);
        assert!(new.is_none_or(|new| new.buckets[0] == 0));
        thread.join().unwrap();
        assert_eq!(cell.try_read(GENERATION), Some(Found::default()));
        let new = cell.try_read(GENERATION + 1).expect("nobody writes");
        assert_eq!((new.count, new.sum), (1, 2));
    });
}
