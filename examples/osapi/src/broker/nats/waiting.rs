//! Those who wait for the ends of jobs that agents elsewhere run.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::StreamExt;
use tokio::sync::Notify;
use tracing::debug;

use super::{Shared, resources::FINISHED_SUBJECT};
use crate::job::JobId;

/// Wakes whoever waits for a job when an agent says that it is over.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    jobs: Arc<Mutex<HashMap<JobId, Waited>>>,
}

/// A job that somebody waits for.
#[derive(Debug, Default)]
struct Waited {
    over: Arc<Notify>,
    waiters: usize,
}

/// Somebody who waits. Dropping it takes the job off the list with the last of them.
#[derive(Debug)]
pub(super) struct Waiter {
    waiting: Waiting,
    id: JobId,
    over: Arc<Notify>,
}

impl Waiting {
    /// Begins to wait: an announcement from now on is not missed.
    pub(super) fn join(&self, id: JobId) -> Waiter {
        let mut jobs = self.jobs();
        let waited = jobs.entry(id).or_default();
        waited.waiters += 1;
        Waiter { waiting: self.clone(), id, over: Arc::clone(&waited.over) }
    }

    /// Listens to announcements until the client is closed, and takes the jobs off the list of those
    /// that are not over.
    pub(super) async fn listen(self, shared: Arc<Shared>) {
        let mut announced = match shared.connection.client().subscribe(FINISHED_SUBJECT).await {
            Ok(announced) => announced,
            Err(error) => {
                debug!(%error, "the ends of jobs are not listened to");
                return;
            }
        };
        while let Some(message) = announced.next().await {
            let id = str::from_utf8(&message.payload).ok().and_then(|id| id.parse().ok());
            let Some(id) = id else { continue };
            shared.accepted.over(id);
            if let Some(waited) = self.jobs().get(&id) {
                waited.over.notify_waiters();
            }
        }
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Waited>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// What is to be awaited; announcements are noticed from this call on.
    pub(super) fn announced(&self) -> impl Future<Output = ()> + use<> {
        Arc::clone(&self.over).notified_owned()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut jobs = self.waiting.jobs();
        if let Some(waited) = jobs.get_mut(&self.id) {
            waited.waiters -= 1;
            if waited.waiters == 0 {
                jobs.remove(&self.id);
            }
        }
    }
}
