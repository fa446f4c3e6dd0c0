use std::{
    any::Any,
    cell::RefCell,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::super::ReentrancyGuard;

/// Receives what a thread records. Opaque here.
pub(crate) type Listener = Arc<dyn Any + Send + Sync>;

/// Passes what its thread records to a capture for as long as it lives, unless a younger scope does.
#[derive(Debug)]
pub(crate) struct Scope {
    id: u64,
    /// It ends on its thread.
    thread: PhantomData<*const ()>,
}

/// How many scopes there are on all threads. As long as there are none, nobody looks further.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The scopes of this thread, the youngest last. A scope without a listener suspends the others.
    static STACK: RefCell<Vec<(u64, Option<Listener>)>> = const { RefCell::new(Vec::new()) };
}

impl Scope {
    /// Begins to pass what this thread records to the listener, or past all captures.
    pub(crate) fn enter(listener: Option<Listener>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        // A thread past its end captures nothing any more.
        let _ = STACK.try_with(|stack| {
            let _guard = ReentrancyGuard::enter();
            stack.borrow_mut().push((id, listener));
        });
        SCOPES.fetch_add(1, Ordering::Relaxed);
        Self { id, thread: PhantomData }
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

/// Whether this thread captures.
#[inline]
pub(crate) fn is_active() -> bool {
    any_active() && listener().is_some()
}

/// Runs `code` as if this thread did not capture.
pub(crate) fn suspended<R>(code: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(None);
    code()
}

/// The listener of this thread's youngest scope.
#[cold]
#[inline(never)]
pub(crate) fn listener() -> Option<Listener> {
    // An allocator that records what the recording core allocates must not come back to it.
    if ReentrancyGuard::is_active() {
        return None;
    }
    STACK.try_with(|stack| stack.try_borrow().ok()?.last()?.1.clone()).ok().flatten()
}
