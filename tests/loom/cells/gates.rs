//! Gates that a collection opens beside threads that add: no addition is lost or counted twice.

use loom::thread;

use super::Model;
use crate::check;

#[test]
fn an_addition_through_a_gate_counts_once() {
    check(4, || {
        let model = Model::new(1);
        let slot = model.claim();
        let recorder = model.recorder();
        recorder.count(slot, 1);
        let thread = thread::spawn(move || {
            recorder.count(slot, 2);
            recorder.count(slot, 4);
        });
        let before = model.read(slot);
        model.open_gates(slot);
        let after = model.read(slot);
        assert!(before <= after, "{before:?}, then {after:?}");
        for sum in [before, after] {
            assert!([Some(1), Some(3), Some(7)].contains(&sum), "{sum:?}");
        }
        thread.join().unwrap();
        assert_eq!(model.read(slot), Some(7));
    });
}

#[test]
fn an_addition_whose_gate_is_opened_while_it_goes_through_counts_once() {
    check(4, || {
        let model = Model::new(1);
        let slot = model.claim();
        let recorder = model.recorder();
        // The first addition of a thread goes the long way, as the one behind an open gate does.
        let thread = thread::spawn(move || {
            recorder.count(slot, 1);
            recorder.count(slot, 2);
        });
        model.open_gates(slot);
        model.open_gates(slot);
        assert!([Some(0), Some(1), Some(3)].contains(&model.read(slot)));
        thread.join().unwrap();
        assert_eq!(model.read(slot), Some(3));
    });
}

#[test]
fn a_gate_does_not_go_to_the_next_series() {
    check(4, || {
        let model = Model::new(1);
        let slot = model.claim();
        let recorder = model.recorder();
        recorder.count(slot, 1);
        model.slots.release(slot);
        let next = model.claim();
        assert!(slot.slot() == next.slot());
        let thread = thread::spawn(move || recorder.count(next, 2));
        // A collection that has seen the series before it ended.
        model.open_gates(slot);
        assert!([Some(0), Some(2)].contains(&model.read(next)));
        thread.join().unwrap();
        assert_eq!((model.read(slot), model.read(next)), (None, Some(2)));
    });
}
