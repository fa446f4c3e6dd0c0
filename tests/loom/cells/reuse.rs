//! Series that end while threads add to them: other series reuse the slot, without the late
//! additions.

use std::sync::Arc;

use loom::{sync::Mutex, thread};

use super::{Arithmetic, CellKind, Model, SlotRef, Slots};
use crate::check;

/// Ends a series and begins another series, which reuses the slot.
fn replace(model: &Model, old: SlotRef) -> SlotRef {
    model.slots.release(old);
    let new = model.claim();
    assert_eq!(new.slot(), old.slot());
    new
}

#[test]
fn what_is_meant_for_a_series_that_has_ended_is_gone() {
    check(4, || {
        let model = Model::new(2);
        let old = model.claim();
        let recorder = model.recorder();
        let thread = thread::spawn(move || {
            recorder.count(old, 100);
            recorder.count(old, 100);
            drop(recorder);
        });
        let new = replace(&model, old);
        assert_eq!(model.read(new), Some(0));
        assert_eq!(model.read(old), None);
        thread.join().unwrap();
        assert_eq!(model.read(new), Some(0));
    });
}

#[test]
fn what_is_meant_for_the_next_series_counts() {
    check(3, || {
        let model = Model::new(2);
        let old = model.claim();
        let known = Arc::new(Mutex::new(None::<SlotRef>));
        let recorder = model.recorder();
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
        let new = replace(&model, old);
        *known.lock().unwrap() = Some(new);
        let recorder = model.recorder();
        recorder.count(new, 1);
        let sum = model.read(new);
        assert!([Some(1), Some(3)].contains(&sum), "{sum:?}");
        let knew = thread.join().unwrap();
        assert_eq!(model.read(new), Some(if knew { 3 } else { 1 }));
    });
}

#[test]
fn what_a_thread_past_its_end_means_for_a_series_that_has_ended_is_gone() {
    check(4, || {
        let model = Model::new(2);
        let old = model.claim();
        let thread = thread::spawn(move || {
            old.add_to_shared(100, Arithmetic::Unsigned);
        });
        model.slots.release(old);
        // Reuses the slot, unless a thread may still write there.
        let new = model.claim();
        model.recorder().count(new, 1);
        thread.join().unwrap();
        assert_eq!(model.read(new), Some(1));
    });
}

#[test]
fn a_thread_that_ends_leaves_nothing_to_the_next_series() {
    check(4, || {
        let model = Model::new(2);
        let old = model.claim();
        let recorder = model.recorder();
        recorder.count(old, 100);
        let thread = thread::spawn(move || drop(recorder));
        let new = replace(&model, old);
        let other = model.recorder();
        other.count(new, 1);
        assert_eq!(model.read(new), Some(1));
        thread.join().unwrap();
        assert_eq!(model.read(new), Some(1));
        drop(other);
        assert_eq!(model.read(new), Some(1));
    });
}

#[test]
fn a_value_is_not_shown_for_a_series_that_has_ended() {
    check(4, || {
        let slots = Slots::default();
        let old = slots.claim(CellKind::LastValues);
        old.set(7);
        let reader = thread::spawn(move || {
            let shown = old.value();
            assert!(shown.is_none() || shown == Some(7), "{shown:?}");
        });
        slots.release(old);
        let new = slots.claim(CellKind::LastValues);
        assert_eq!(new.value(), None);
        new.set(9);
        old.set(8);
        old.clear();
        assert_eq!(new.value(), Some(9));
        reader.join().unwrap();
        assert_eq!(old.value(), None);
    });
}
