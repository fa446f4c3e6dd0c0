use std::sync::{Arc, Mutex};

use super::cursor::Cursor;
use crate::core::sync::lock;

/// The cursors of pushes that have ended, the one that ended last at the end.
static ENDED: Mutex<Vec<EndedPush>> = Mutex::new(Vec::new());

/// More pushes than a process has at a time. What a cursor beyond it knew is exported once more.
const MAX_ENDED: usize = 16;

struct EndedPush {
    endpoint: String,
    cursor: Arc<Mutex<Cursor>>,
}

/// The cursor of a push. When the push ends, the next push goes on from there: the series outlive
/// the runtime, and a configuration that is loaded again does not export them twice.
#[derive(Debug)]
pub(in crate::otlp) struct CursorLease {
    endpoint: String,
    cursor: Arc<Mutex<Cursor>>,
}

impl CursorLease {
    /// Takes the cursor of a push to the same endpoint that has ended, or else of the push that
    /// ended last, or a new one.
    pub(in crate::otlp) fn take(endpoint: &str) -> Self {
        let mut ended = lock(&ENDED);
        let same = ended.iter().rposition(|push| push.endpoint == endpoint);
        let last = ended.len().checked_sub(1);
        let cursor = same.or(last).map(|position| ended.remove(position).cursor);
        Self { endpoint: endpoint.to_owned(), cursor: cursor.unwrap_or_default() }
    }

    pub(in crate::otlp) fn cursor(&self) -> Arc<Mutex<Cursor>> {
        Arc::clone(&self.cursor)
    }
}

impl Drop for CursorLease {
    fn drop(&mut self) {
        let endpoint = std::mem::take(&mut self.endpoint);
        let mut ended = lock(&ENDED);
        if ended.len() == MAX_ENDED {
            ended.remove(0);
        }
        ended.push(EndedPush { endpoint, cursor: Arc::clone(&self.cursor) });
    }
}
