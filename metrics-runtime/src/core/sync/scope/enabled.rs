use std::{
    any::Any,
    cell::RefCell,
    marker::PhantomData,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::super::{ReentrancyGuard, lock};

/// A capture, as its threads know it.
#[derive(Clone)]
pub(crate) struct Listener {
    /// Receives the values that a thread records. Opaque here.
    pub(crate) receiver: Arc<dyn Any + Send + Sync>,
    pub(crate) clock: Arc<CaptureClock>,
}

/// The clock that a test has set for its capture, if it has.
#[derive(Default)]
pub(crate) struct CaptureClock(Mutex<Option<Arc<Clock>>>);

type Clock = dyn Fn() -> Instant + Send + Sync;

/// Passes the values that its thread records to a capture until it is dropped, unless a younger
/// scope exists.
#[derive(Debug)]
pub(crate) struct Scope {
    id: u64,
    /// A scope is dropped on its own thread.
    thread: PhantomData<*const ()>,
}

/// The number of scopes on all threads. While it is 0, no thread looks at its stack.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The scopes of this thread, the youngest last. A scope without a listener suspends the
    /// others.
    static STACK: RefCell<Vec<(u64, Option<Listener>)>> = const { RefCell::new(Vec::new()) };
}

impl Scope {
    /// Begins to pass the values that this thread records to the listener; without one, to no
    /// capture.
    pub(crate) fn enter(listener: Option<Listener>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        // A thread-local that is destroyed already captures nothing.
        let _ = STACK.try_with(|stack| {
            let _guard = ReentrancyGuard::enter();
            stack.borrow_mut().push((id, listener));
        });
        SCOPES.fetch_add(1, Ordering::Relaxed);
        Self { id, thread: PhantomData }
    }
}

impl CaptureClock {
    pub(crate) fn set(&self, clock: impl Fn() -> Instant + Send + Sync + 'static) {
        let former = lock(&self.0).replace(Arc::new(clock));
        // Without the lock: a value that the closure owns may record.
        drop(former);
    }

    fn now(&self) -> Option<Instant> {
        let clock = lock(&self.0).clone()?;
        Some(clock())
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        SCOPES.fetch_sub(1, Ordering::Relaxed);
        // Scopes may end in another order than they began in.
        let ended = STACK.try_with(|stack| {
            let mut stack = stack.borrow_mut();
            let at = stack.iter().rposition(|(id, _)| *id == self.id)?;
            Some(stack.remove(at))
        });
        drop(ended);
    }
}

/// Whether any thread captures.
#[inline]
pub(crate) fn any_active() -> bool {
    SCOPES.load(Ordering::Relaxed) > 0
}

/// The time on the clock that the test on this thread has set.
#[inline]
pub(crate) fn instant() -> Option<Instant> {
    if any_active() { listener()?.clock.now() } else { None }
}

/// Whether this thread captures.
#[inline]
pub(crate) fn is_active() -> bool {
    any_active() && listener().is_some()
}

/// Runs `code` as on a thread that does not capture.
pub(crate) fn suspended<R>(code: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(None);
    code()
}

/// The listener of this thread's youngest scope.
#[cold]
#[inline(never)]
pub(crate) fn listener() -> Option<Listener> {
    // An allocator that records the allocations of the recording core must not re-enter it.
    if ReentrancyGuard::is_active() {
        return None;
    }
    STACK.try_with(|stack| stack.try_borrow().ok()?.last()?.1.clone()).ok().flatten()
}
