//! Threads that add and end while a collection runs: each sum is read exactly once.

use std::sync::Arc;

use loom::thread;

use super::{Arithmetic, CellKind, Recorder, Shards, read};
use crate::check;

#[test]
fn a_thread_that_ends_takes_nothing_with_it() {
    check(4, || {
        let shards = Arc::new(Shards::default());
        let slot = shards.claim(CellKind::Integers);
        let recorder = Recorder::new(&shards);
        let thread = thread::spawn(move || {
            recorder.count(slot, 1);
            recorder.count(slot, 2);
            drop(recorder);
        });
        let (first, second) = (read(&shards, slot), read(&shards, slot));
        assert!(first <= second, "{first:?}, then {second:?}");
        for sum in [first, second] {
            assert!([Some(0), Some(1), Some(3)].contains(&sum), "{sum:?}");
        }
        thread.join().unwrap();
        assert_eq!(read(&shards, slot), Some(3));
    });
}

#[test]
fn threads_that_add_to_one_series_do_not_disturb_each_other() {
    check(3, || {
        let shards = Arc::new(Shards::default());
        let slot = shards.claim(CellKind::Integers);
        let threads = [1, 2].map(|number| {
            let recorder = Recorder::new(&shards);
            thread::spawn(move || {
                recorder.count(slot, number);
                drop(recorder);
            })
        });
        let (first, second) = (read(&shards, slot), read(&shards, slot));
        assert!(first <= second, "{first:?}, then {second:?}");
        assert!(second <= Some(3), "{second:?}");
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(read(&shards, slot), Some(3));
    });
}

#[test]
fn what_a_thread_adds_past_its_end_is_added_to_the_sums_of_others() {
    check(2, || {
        let shards = Arc::new(Shards::default());
        let slot = shards.claim(CellKind::Integers);
        let threads = [1, 4].map(|number| {
            let recorder = Recorder::new(&shards);
            thread::spawn(move || {
                recorder.count(slot, number);
                drop(recorder);
                assert!(slot.shared().add_shared(slot.generation, 2 * number, Arithmetic::Integer));
            })
        });
        let (first, second) = (read(&shards, slot), read(&shards, slot));
        assert!(first <= second, "{first:?}, then {second:?}");
        assert!(second <= Some(15), "{second:?}");
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(read(&shards, slot), Some(15));
    });
}

#[test]
fn cells_go_from_thread_to_thread_empty() {
    check(3, || {
        let shards = Arc::new(Shards::default());
        let slots = [(); 2].map(|()| shards.claim(CellKind::Integers));
        let ended = Recorder::new(&shards);
        for slot in slots {
            ended.count(slot, 1);
        }
        drop(ended);
        // The thread adopts cells of two series, and records in one of them.
        let recorder = Recorder::new(&shards);
        let thread = thread::spawn(move || recorder.count(slots[0], 2));
        let sums = slots.map(|slot| read(&shards, slot));
        assert!([Some(1), Some(3)].contains(&sums[0]), "{sums:?}");
        assert_eq!(sums[1], Some(1));
        thread.join().unwrap();
        assert_eq!(slots.map(|slot| read(&shards, slot)), [Some(3), Some(1)]);
    });
}

/// 0.3 + 0.1 + 0.2 is more than 0.3 + 0.2 + 0.1.
#[test]
fn a_sum_of_floats_does_not_go_back_where_the_order_of_adding_changes() {
    check(3, || {
        let shards = Arc::new(Shards::default());
        let slot = shards.claim(CellKind::GrowingFloats);
        let add = |recorder: &Recorder, number: f64| {
            recorder.add(slot, number.to_bits(), Arithmetic::Float);
        };
        add(&Recorder::new(&shards), 0.3);
        let (stays, ends) = (Recorder::new(&shards), Recorder::new(&shards));
        add(&stays, 0.1);
        add(&ends, 0.2);
        let thread = thread::spawn(move || drop(ends));
        let sums = [(); 2].map(|()| f64::from_bits(read(&shards, slot).unwrap()));
        thread.join().unwrap();
        let last = f64::from_bits(read(&shards, slot).unwrap());
        assert!(sums[0] <= sums[1] && sums[1] <= last, "{sums:?}, then {last}");
        assert!((last - 0.6).abs() < 1e-9, "{last}");
        drop(stays);
    });
}
