//! The calls that wait for the ends of jobs that agents elsewhere run.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_nats::Message;
use tokio::sync::Notify;

use super::{resources::FINISHED_SUBJECT, rights, state::BrokerState};
use crate::job::JobId;

/// The waiters by job. An agent's announcement that a job is over wakes the waiters of that job.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiters {
    jobs: Arc<Mutex<HashMap<JobId, WaiterGroup>>>,
}

/// The waiters of one job.
#[derive(Debug, Default)]
struct WaiterGroup {
    over: Arc<Notify>,
    count: usize,
}

/// One call that waits for a job. Dropping it removes it from its group.
#[derive(Debug)]
pub(super) struct Waiter {
    waiters: Waiters,
    id: JobId,
    over: Arc<Notify>,
}

impl Waiters {
    /// Adds a waiter, which misses no announcement from now on.
    pub(super) fn join(&self, id: JobId) -> Waiter {
        let mut jobs = self.jobs();
        let group = jobs.entry(id).or_default();
        group.count += 1;
        Waiter { waiters: self.clone(), id, over: Arc::clone(&group.over) }
    }

    /// Listens to announcements until the client is closed. Wakes the waiters of each announced job
    /// and removes the job from the accepted jobs.
    pub(super) async fn listen(self, shared: Arc<BrokerState>) {
        let (client, health) = (shared.connection.client(), shared.connection.health());
        let take = |message: Message| {
            let id = str::from_utf8(&message.payload).ok().and_then(|id| id.parse().ok());
            let Some(id) = id else { return };
            shared.accepted.remove(id);
            if let Some(group) = self.jobs().get(&id) {
                group.over.notify_waiters();
            }
        };
        rights::listen(client.clone(), health.clone(), FINISHED_SUBJECT, take).await;
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, WaiterGroup>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// A future that ends with the next announcement. It notices announcements from this call on,
    /// not from its first poll on.
    pub(super) fn announced(&self) -> impl Future<Output = ()> + use<> {
        Arc::clone(&self.over).notified_owned()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut jobs = self.waiters.jobs();
        if let Some(group) = jobs.get_mut(&self.id) {
            group.count -= 1;
            if group.count == 0 {
                jobs.remove(&self.id);
            }
        }
    }
}
