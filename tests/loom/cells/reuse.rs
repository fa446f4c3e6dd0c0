//! Series that end while threads add to them: other series reuse the slot, without the late
//! additions.

use std::sync::Arc;

use loom::{sync::Mutex, thread};

use super::{Arithmetic, CellKind, Recorder, Shards, SlotRef, read};
use crate::check;

/// Ends a series and begins another series, which reuses the slot.
fn replace(shards: &Shards, old: SlotRef) -> SlotRef {
    shards.release(old);
    let new = shards.claim(CellKind::Integers);
    assert_eq!(new.slot, old.slot);
    new
}

#[test]
fn what_is_meant_for_a_series_that_has_ended_is_gone() {
    check(4, || {
        let shards = Arc::new(Shards::default());
        let old = shards.claim(CellKind::Integers);
        let recorder = Recorder::new(&shards);
        let thread = thread::spawn(move || {
            recorder.count(old, 100);
            recorder.count(old, 100);
            drop(recorder);
        });
        let new = replace(&shards, old);
        assert_eq!(read(&shards, new), Some(0));
        assert_eq!(read(&shards, old), None);
        thread.join().unwrap();
        assert_eq!(read(&shards, new), Some(0));
    });
}

#[test]
fn what_is_meant_for_the_next_series_counts() {
    check(3, || {
        let shards = Arc::new(Shards::default());
        let old = shards.claim(CellKind::Integers);
        let known = Arc::new(Mutex::new(None::<SlotRef>));
        let recorder = Recorder::new(&shards);
        let thread = thread::spawn({
            let known = Arc::clone(&known);
            move || {
                recorder.count(old, 100);
                let new = *known.lock().unwrap();
                if let Some(new) = new {
                    recorder.count(new, 2);
                }
                // If the thread knows the next series, the cell belongs to the next series now.
                recorder.count(old, 100);
                drop(recorder);
                new.is_some()
            }
        });
        let new = replace(&shards, old);
        *known.lock().unwrap() = Some(new);
        let recorder = Recorder::new(&shards);
        recorder.count(new, 1);
        let sum = read(&shards, new);
        assert!([Some(1), Some(3)].contains(&sum), "{sum:?}");
        let knew = thread.join().unwrap();
        assert_eq!(read(&shards, new), Some(if knew { 3 } else { 1 }));
    });
}

#[test]
fn what_a_thread_past_its_end_means_for_a_series_that_has_ended_is_gone() {
    check(4, || {
        let shards = Arc::new(Shards::default());
        let old = shards.claim(CellKind::Integers);
        let thread = thread::spawn(move || {
            old.shared().add_shared(old.generation, 100, Arithmetic::Integer);
        });
        shards.release(old);
        // Reuses the slot, unless a thread may still write there.
        let new = shards.claim(CellKind::Integers);
        Recorder::new(&shards).count(new, 1);
        thread.join().unwrap();
        assert_eq!(read(&shards, new), Some(1));
    });
}

#[test]
fn a_thread_that_ends_leaves_nothing_to_the_next_series() {
    check(4, || {
        let shards = Arc::new(Shards::default());
        let old = shards.claim(CellKind::Integers);
        let recorder = Recorder::new(&shards);
        recorder.count(old, 100);
        let thread = thread::spawn(move || drop(recorder));
        let new = replace(&shards, old);
        let other = Recorder::new(&shards);
        other.count(new, 1);
        assert_eq!(read(&shards, new), Some(1));
        thread.join().unwrap();
        assert_eq!(read(&shards, new), Some(1));
        drop(other);
        assert_eq!(read(&shards, new), Some(1));
    });
}

#[test]
fn a_value_is_not_shown_for_a_series_that_has_ended() {
    check(4, || {
        let shards = Arc::new(Shards::default());
        let old = shards.claim(CellKind::LastValues);
        old.set(7);
        let reader = thread::spawn(move || {
            let shown = old.value();
            assert!(shown.is_none() || shown == Some(7), "{shown:?}");
        });
        shards.release(old);
        let new = shards.claim(CellKind::LastValues);
        assert_eq!(new.value(), None);
        new.set(9);
        old.set(8);
        old.clear();
        assert_eq!(new.value(), Some(9));
        reader.join().unwrap();
        assert_eq!(old.value(), None);
    });
}
