//! Threads that add and end while a collection runs: each sum is read exactly once.

use std::sync::Arc;

use loom::thread;

use super::Model;
use crate::check;

#[test]
fn a_thread_that_ends_takes_nothing_with_it() {
    check(4, || {
        let model = Model::new(1);
        let slot = model.claim();
        let recorder = model.recorder();
        let thread = thread::spawn(move || {
            recorder.count(slot, 1);
            recorder.count(slot, 2);
            drop(recorder);
        });
        let (first, second) = (model.read(slot), model.read(slot));
        assert!(first <= second, "{first:?}, then {second:?}");
        for sum in [first, second] {
            assert!([Some(0), Some(1), Some(3)].contains(&sum), "{sum:?}");
        }
        thread.join().unwrap();
        assert_eq!(model.read(slot), Some(3));
    });
}

#[test]
fn threads_that_add_to_one_series_do_not_disturb_each_other() {
    // With two shards, and with one that only one thread gets, or both after each other.
    for shards in [2, 1] {
        check(3, move || {
            let model = Model::new(shards);
            let slot = model.claim();
            let threads = [1, 2].map(|number| {
                let model = Arc::clone(&model);
                thread::spawn(move || model.recorder().count(slot, number))
            });
            let (first, second) = (model.read(slot), model.read(slot));
            assert!(first <= second, "{first:?}, then {second:?}");
            assert!(second <= Some(3), "{second:?}");
            for thread in threads {
                thread.join().unwrap();
            }
            assert_eq!(model.read(slot), Some(3));
        });
    }
}

#[test]
fn a_shard_goes_from_thread_to_thread_with_its_sums() {
    check(3, || {
        let model = Model::new(1);
        let slots = [(); 2].map(|()| model.claim());
        let ended = model.recorder();
        for slot in slots {
            ended.count(slot, 1);
        }
        drop(ended);
        let recorder = model.recorder();
        assert!(recorder.0.is_some());
        let thread = thread::spawn(move || recorder.count(slots[0], 2));
        let sums = slots.map(|slot| model.read(slot));
        assert!([Some(1), Some(3)].contains(&sums[0]), "{sums:?}");
        assert_eq!(sums[1], Some(1));
        thread.join().unwrap();
        assert_eq!(slots.map(|slot| model.read(slot)), [Some(3), Some(1)]);
    });
}
