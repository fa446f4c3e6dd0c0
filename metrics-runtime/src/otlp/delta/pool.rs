use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use http::HeaderMap;

use super::cursor::{Cursor, PushId};
use crate::{
    config::ResourceValue,
    core::sync::{lock, lock_unless_lost},
};

/// The cursors of pushes that run or have ended, the one that ended last at the end.
static CURSORS: Mutex<Vec<KnownCursor>> = Mutex::new(Vec::new());

/// The most cursors without a push. What a cursor beyond it knew is exported once more.
const MAX_ENDED: usize = 4;

struct KnownCursor {
    destination: Destination,
    cursor: Arc<SharedCursor>,
    /// The number of pushes that run.
    pushes: usize,
}

/// Where a push goes, and as whose metrics. Two pushes to one destination export to the same
/// series.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::otlp) struct Destination {
    /// The process of the push: one that was split from it has pushes of its own.
    pub(in crate::otlp) process: u32,
    pub(in crate::otlp) endpoint: String,
    pub(in crate::otlp) headers: HeaderMap,
    pub(in crate::otlp) service_name: Option<String>,
    pub(in crate::otlp) resource: BTreeMap<String, ResourceValue>,
}

/// The cursor of the pushes to one destination.
#[derive(Debug)]
pub(in crate::otlp) struct SharedCursor {
    /// Held for a whole export: of two pushes, one exports what the other has not.
    pub(in crate::otlp) turn: Mutex<()>,
    /// Held while points are built, and while it advances.
    pub(in crate::otlp) cursor: Mutex<Cursor>,
}

impl Destination {
    /// Whether the other one is the same, of another process.
    fn is_split(&self, other: &Self) -> bool {
        self.process != other.process && Self { process: self.process, ..other.clone() } == *self
    }
}

impl SharedCursor {
    fn new(cursor: Cursor) -> Self {
        Self { turn: Mutex::new(()), cursor: Mutex::new(cursor) }
    }
}

/// The cursor of a push. The next push goes on from there: the series outlive the runtime, and a
/// configuration that is loaded again does not export them twice.
#[derive(Debug)]
pub(in crate::otlp) struct CursorLease {
    push: PushId,
    cursor: Arc<SharedCursor>,
}

impl CursorLease {
    /// Takes the cursor of a push to the same destination, which may still run, or else a copy of
    /// the one that the process had from which this one was split, or of the push that ended last,
    /// or a new one.
    pub(in crate::otlp) fn take(destination: &Destination) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);

        let mut known = lock(&CURSORS);
        let same = known.iter().position(|known| known.destination == *destination);
        let position = same.unwrap_or_else(|| {
            let is_of_origin = |known: &&KnownCursor| known.destination.is_split(destination);
            let earlier = known.iter().rfind(is_of_origin);
            let earlier = earlier.or_else(|| known.iter().rfind(|known| known.pushes == 0));
            let copy = earlier.and_then(|earlier| lock_unless_lost(&earlier.cursor.cursor));
            let copy = copy.map(|cursor| cursor.clone()).unwrap_or_default();
            let (destination, cursor) = (destination.clone(), Arc::new(SharedCursor::new(copy)));
            known.push(KnownCursor { destination, cursor, pushes: 0 });
            known.len() - 1
        });
        let taken = &mut known[position];
        taken.pushes += 1;
        let push = PushId(NEXT.fetch_add(1, Ordering::Relaxed));
        Self { push, cursor: Arc::clone(&taken.cursor) }
    }

    pub(in crate::otlp) fn push(&self) -> PushId {
        self.push
    }

    pub(in crate::otlp) fn cursor(&self) -> Arc<SharedCursor> {
        Arc::clone(&self.cursor)
    }
}

impl Drop for CursorLease {
    fn drop(&mut self) {
        let mut known = lock(&CURSORS);
        let position = known.iter().position(|known| Arc::ptr_eq(&known.cursor, &self.cursor));
        let Some(position) = position else { return };
        known[position].pushes -= 1;
        if known[position].pushes == 0 {
            let ended = known.remove(position);
            known.push(ended);
            let is_beyond = known.iter().filter(|known| known.pushes == 0).count() > MAX_ENDED;
            if let Some(oldest) = known.iter().position(|known| is_beyond && known.pushes == 0) {
                known.remove(oldest);
            }
        }
    }
}
