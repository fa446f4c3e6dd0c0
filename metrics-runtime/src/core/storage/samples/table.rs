use std::{
    fmt,
    sync::{Mutex, MutexGuard, TryLockError},
};

use super::{ring::Ring, summary::Summary};
use crate::core::sync::{ReentrancyGuard, lock};

/// Every distribution of the process, and the rings that feed them.
static TABLE: Mutex<Table> =
    Mutex::new(Table { distributions: Vec::new(), rings: Vec::new(), spare: Vec::new() });

struct Table {
    distributions: Vec<Box<dyn Distribution>>,
    rings: Vec<&'static Ring>,
    /// Rings of threads that have ended.
    spare: Vec<&'static Ring>,
}

/// The samples of one series, of any value type.
pub(crate) trait Distribution: Send {
    /// Takes a sample in.
    fn take(&mut self, bits: u64);
    /// Begins to tell the runtimes that have come, and lets go of those that went.
    fn follow(&mut self);
    /// Whether it has taken no sample in.
    fn is_empty(&self) -> bool;
    /// The distribution of the samples that it has taken in.
    fn summary(&self) -> Summary;
}

/// The lock of the table, and the guard that marks this thread as its holder.
pub(super) struct TableGuard {
    table: MutexGuard<'static, Table>,
    _guard: ReentrancyGuard,
}

impl TableGuard {
    pub(super) fn wait() -> Self {
        let guard = ReentrancyGuard::enter();
        Self { table: lock(&TABLE), _guard: guard }
    }

    pub(super) fn now() -> Option<Self> {
        let guard = ReentrancyGuard::enter();
        let table = match TABLE.try_lock() {
            Ok(table) => table,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(Self { table, _guard: guard })
    }

    pub(super) fn take(&mut self, series: u32, bits: u64) {
        take(&mut self.table.distributions, series, bits);
    }

    pub(super) fn drain(&mut self, ring: &Ring) {
        ring.drain(|series, bits| self.take(series, bits));
    }

    pub(super) fn drain_all(&mut self) {
        let Table { distributions, rings, .. } = &mut *self.table;
        for ring in rings {
            ring.drain(|series, bits| take(distributions, series, bits));
        }
    }

    /// A ring for a thread that has none.
    pub(super) fn hand_out(&mut self) -> &'static Ring {
        let new = || &*Box::leak(Box::default());
        let ring = self.table.spare.pop().unwrap_or_else(new);
        self.table.rings.push(ring);
        ring
    }

    /// Takes the ring of a thread that ends.
    pub(super) fn take_back(&mut self, ring: &'static Ring) {
        self.drain(ring);
        self.table.rings.retain(|other| !std::ptr::eq(*other, ring));
        self.table.spare.push(ring);
    }
}

/// A sample without a distribution is dropped.
fn take(distributions: &mut [Box<dyn Distribution>], series: u32, bits: u64) {
    if let Some(distribution) = distributions.get_mut(series as usize) {
        distribution.take(bits);
    }
}

/// Enters a distribution, and returns the number under which its samples are recorded.
pub(crate) fn enter(distribution: impl Distribution + 'static) -> u32 {
    let distribution = Box::new(distribution);
    let mut locked = TableGuard::wait();
    let series = u32::try_from(locked.table.distributions.len()).unwrap_or(u32::MAX);
    locked.table.distributions.push(distribution);
    series
}

/// Lets distributions follow the runtimes that have come and gone.
pub(crate) fn follow(series: impl Iterator<Item = u32>) {
    let mut locked = TableGuard::wait();
    for series in series {
        if let Some(distribution) = locked.table.distributions.get_mut(series as usize) {
            distribution.follow();
        }
    }
}

/// Whether a distribution has taken a sample in.
pub(super) fn has_samples(series: u32) -> bool {
    look_at(series, |distribution| !distribution.is_empty()).unwrap_or_default()
}

/// The distribution of the samples of a series.
pub(super) fn summary(series: u32) -> Option<Summary> {
    look_at(series, |distribution| distribution.summary())
}

fn look_at<R>(series: u32, look: impl FnOnce(&dyn Distribution) -> R) -> Option<R> {
    let locked = TableGuard::wait();
    locked.table.distributions.get(series as usize).map(|distribution| look(&**distribution))
}

/// Takes in every sample that was recorded until now.
pub(crate) fn drain() {
    TableGuard::wait().drain_all();
}

impl fmt::Debug for TableGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableGuard").finish_non_exhaustive()
    }
}
