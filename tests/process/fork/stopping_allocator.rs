//! An allocator that stops a thread in an allocation, with the locks that the thread then holds.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, JoinHandle},
};

pub(crate) struct StoppingAllocator;

thread_local! {
    /// The allocations of this thread before the one in which it stops.
    static BEFORE_STOP: Cell<Option<u32>> = const { Cell::new(None) };
}

static HAS_STOPPED: AtomicBool = AtomicBool::new(false);
static MAY_GO_ON: AtomicBool = AtomicBool::new(false);

// SAFETY: every allocation is the system's.
unsafe impl GlobalAlloc for StoppingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn count() {
    let Ok(Some(left)) = BEFORE_STOP.try_with(Cell::get) else { return };
    if left > 0 {
        BEFORE_STOP.set(Some(left - 1));
        return;
    }
    BEFORE_STOP.set(None);
    HAS_STOPPED.store(true, Ordering::Release);
    while !MAY_GO_ON.load(Ordering::Acquire) {
        thread::yield_now();
    }
}

/// A thread that stops in an allocation.
pub(crate) struct StoppedThread(JoinHandle<()>);

impl StoppedThread {
    /// Runs `work` on a thread that stops in its allocation of this number. `None` if it has fewer.
    pub(crate) fn at(allocation: u32, work: impl FnOnce() + Send + 'static) -> Option<Self> {
        HAS_STOPPED.store(false, Ordering::Relaxed);
        MAY_GO_ON.store(false, Ordering::Relaxed);
        let thread = thread::spawn(move || {
            BEFORE_STOP.set(Some(allocation));
            work();
            BEFORE_STOP.set(None);
        });
        while !HAS_STOPPED.load(Ordering::Acquire) {
            if thread.is_finished() {
                thread.join().unwrap();
                return None;
            }
            thread::yield_now();
        }
        Some(Self(thread))
    }

    pub(crate) fn go_on(self) {
        MAY_GO_ON.store(true, Ordering::Release);
        self.0.join().unwrap();
    }
}
