//! The ring of samples: one thread pushes, and the thread that holds the lock drains.

#[path = "../../../metrics-runtime/src/core/storage/samples/ring.rs"]
mod file;
mod sync;

use std::sync::Arc;

use file::{Pushed, Ring};
use loom::{sync::Mutex, thread};

use crate::check;

/// The drained samples. The lock stands for the lock of the distributions.
type Drained = Arc<Mutex<Vec<(u32, u64)>>>;

fn drain(ring: &Ring, drained: &Drained) {
    let mut drained = drained.lock().unwrap();
    ring.drain(|series, bits| drained.push((series, bits)));
}

/// Pushes as `own.rs` does: a thread whose ring is full drains the ring itself.
fn push(ring: &Ring, drained: &Drained, number: u32) {
    let (series, bits) = (number, 10 * u64::from(number));
    if ring.push(series, bits) == Pushed::No {
        let mut drained = drained.lock().unwrap();
        ring.drain(|series, bits| drained.push((series, bits)));
        drained.push((series, bits));
    }
}

fn check_order(drained: &Drained, count: u32) {
    let all: Vec<_> = (0..count).map(|number| (number, 10 * u64::from(number))).collect();
    assert_eq!(*drained.lock().unwrap(), all);
}

#[test]
fn every_sample_arrives_once_and_in_order() {
    check(3, || {
        let (ring, drained) = (Arc::new(Ring::default()), Drained::default());
        let thread = thread::spawn({
            let (ring, drained) = (Arc::clone(&ring), Arc::clone(&drained));
            move || (0..7).for_each(|number| push(&ring, &drained, number))
        });
        drain(&ring, &drained);
        drain(&ring, &drained);
        thread.join().unwrap();
        drain(&ring, &drained);
        check_order(&drained, 7);
    });
}

#[test]
fn two_that_drain_take_turns() {
    check(2, || {
        let (ring, drained) = (Arc::new(Ring::default()), Drained::default());
        (0..3).for_each(|number| push(&ring, &drained, number));
        let threads = [(); 2].map(|()| {
            let (ring, drained) = (Arc::clone(&ring), Arc::clone(&drained));
            thread::spawn(move || drain(&ring, &drained))
        });
        (3..5).for_each(|number| push(&ring, &drained, number));
        for thread in threads {
            thread.join().unwrap();
        }
        drain(&ring, &drained);
        check_order(&drained, 5);
    });
}

#[test]
fn a_full_ring_refuses_and_says_when_it_fills() {
    loom::model(|| {
        let ring = Ring::default();
        for _ in 0..3 {
            for pushed in [Pushed::Yes, Pushed::Half, Pushed::Yes, Pushed::Half] {
                assert_eq!(ring.push(1, 1), pushed);
            }
            assert_eq!(ring.push(2, 2), Pushed::No);
            let mut count = 0;
            ring.drain(|series, bits| {
                assert_eq!((series, bits), (1, 1));
                count += 1;
            });
            assert_eq!(count, 4);
        }
    });
}
