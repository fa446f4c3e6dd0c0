//! Which test captures what this thread records, and where that goes.
//!
//! A capture has instances of its own of all sets, made when they are first used. Who asks for a set
//! on a thread that captures is given that instance, so that nothing else need know of captures.
//! Instances live as long as the process does, as all that refers to them does.

use std::{
    any::Any,
    cell::RefCell,
    fmt,
    marker::PhantomData,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{
    MetricDescriptor, MetricSet,
    instruments::RegisteredInstrument,
    recording::Busy,
    set_instance::{Instance, SetInstance},
};

/// The instances that one capture has.
#[derive(Debug, Default)]
pub(crate) struct CapturedSets(Mutex<Vec<CapturedSet>>);

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct CapturedSet {
    pub(crate) descriptors: &'static [MetricDescriptor],
    pub(crate) instruments: &'static [&'static dyn RegisteredInstrument],
    instance: &'static (dyn Any + Sync),
}

/// As long as this lives, what its thread records goes to a capture, unless a younger one does the
/// same.
#[derive(Debug)]
pub(crate) struct Scope {
    id: u64,
    /// It ends on its thread.
    thread: PhantomData<*const ()>,
}

/// How many scopes there are on all threads: as long as there are none, nobody looks further.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The scopes of this thread, the youngest last; without sets, what is outside of captures.
    static STACK: RefCell<Vec<(u64, Option<Arc<CapturedSets>>)>> = const { RefCell::new(Vec::new()) };
}

impl Scope {
    /// Begins to lead what this thread records to these sets, or past all captures.
    pub(crate) fn enter(sets: Option<Arc<CapturedSets>>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        // A thread past its end captures nothing any more.
        let _ = STACK.try_with(|stack| {
            let _busy = Busy::here();
            stack.borrow_mut().push((id, sets));
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

/// Whether this thread captures.
#[inline]
pub(crate) fn is_here() -> bool {
    SCOPES.load(Ordering::Relaxed) > 0 && here().is_some()
}

/// The instance that the capture on this thread has of a set, if there is one.
#[inline]
pub(crate) fn instance<S: MetricSet>(of: &'static SetInstance<S>) -> Option<&'static Instance<S>> {
    if SCOPES.load(Ordering::Relaxed) == 0 { None } else { captured_instance(of) }
}

/// Runs `code` as if this thread did not capture.
pub(crate) fn outside<R>(code: impl FnOnce() -> R) -> R {
    let _scope = Scope::enter(None);
    code()
}

#[cold]
#[inline(never)]
fn captured_instance<S: MetricSet>(of: &'static SetInstance<S>) -> Option<&'static Instance<S>> {
    Some(here()?.instance(of))
}

/// The sets that this thread captures in.
#[cold]
#[inline(never)]
fn here() -> Option<Arc<CapturedSets>> {
    // An allocator that records what the recording core allocates must not come back to it.
    if Busy::is_here() {
        return None;
    }
    STACK.try_with(|stack| stack.try_borrow().ok()?.last()?.1.clone()).ok().flatten()
}

impl CapturedSets {
    /// The sets that were used.
    pub(crate) fn used(&self) -> Vec<CapturedSet> {
        self.lock().clone()
    }

    /// The one of this type, if it was used.
    pub(crate) fn of<S: MetricSet>(&self) -> Option<CapturedSet> {
        self.lock().iter().find(|set| set.instance::<S>().is_some()).copied()
    }

    fn instance<S: MetricSet>(&self, of: &'static SetInstance<S>) -> &'static Instance<S> {
        let _busy = Busy::here();
        let mut sets = self.lock();
        let known = sets.iter().find_map(CapturedSet::instance);
        known.unwrap_or_else(|| {
            let instance: &'static Instance<S> = Box::leak(Box::new(of.make()));
            let (descriptors, instruments) = (S::DESCRIPTORS, &*instance.instruments);
            sets.push(CapturedSet { descriptors, instruments, instance });
            instance
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CapturedSet>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CapturedSet {
    fn instance<S: MetricSet>(&self) -> Option<&'static Instance<S>> {
        let any: &'static dyn Any = self.instance;
        any.downcast_ref()
    }
}

impl fmt::Debug for CapturedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CapturedSet").field(&self.descriptors.len()).finish()
    }
}
