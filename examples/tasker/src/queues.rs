//! The queues between the API, the orchestration and the workers.

use std::{collections::HashMap, sync::Arc};

pub use osapi_metrics::instrumentation::queue::QueueError;
use osapi_metrics::instrumentation::queue::{Queue, QueueSampling};
use tokio::sync::Mutex;
use tracing::warn;

use crate::{
    metrics::{MessagingMetrics, Namespace, NamespaceLabels},
    store::Database,
};

/// The most messages that are read at once.
pub const READ_AT_ONCE: u32 = 20;

/// The queue of requests for tasks.
const REQUESTS: &str = "orchestration_task_requests";

/// The queue of the ends of steps.
const RESULTS: &str = "orchestration_step_results";

/// The label of the queues of the orchestration, which is no namespace of a workflow.
const ORCHESTRATION: &str = "orchestration";

/// The queues over one pool.
#[derive(Clone, Debug)]
pub struct Queues {
    /// Requests for tasks.
    pub requests: Queue,
    /// The ends of steps.
    pub results: Queue,
    /// Steps, for the workers of their namespaces.
    pub workers: WorkerQueues,
}

/// The queues of the workers, by namespace.
#[derive(Clone, Debug)]
pub struct WorkerQueues {
    database: Database,
    queues: Arc<Mutex<HashMap<String, Queue>>>,
}

impl Queues {
    /// Creates the queues of the orchestration and of these namespaces where they are missing.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open(database: &Database, namespaces: &[&str]) -> Result<Self, QueueError> {
        let workers = WorkerQueues { database: database.clone(), queues: Arc::default() };
        for namespace in namespaces {
            workers.of(namespace).await?;
        }
        Ok(Self {
            requests: open(database, REQUESTS, ORCHESTRATION).await?,
            results: open(database, RESULTS, ORCHESTRATION).await?,
            workers,
        })
    }

    /// The names of the queues that the orchestration reads.
    pub fn orchestration_names(&self) -> Vec<String> {
        vec![self.requests.name().to_owned(), self.results.name().to_owned()]
    }
}

impl WorkerQueues {
    /// The queue of a namespace, which is created where it is missing.
    ///
    /// # Errors
    /// The database failed, or the name of the namespace is no name for a queue.
    pub async fn of(&self, namespace: &str) -> Result<Queue, QueueError> {
        let mut queues = self.queues.lock().await;
        if let Some(queue) = queues.get(namespace) {
            return Ok(queue.clone());
        }
        let name = format!("worker_{namespace}_queue");
        let queue = open(&self.database, &name, namespace).await?;
        queues.insert(namespace.to_owned(), queue.clone());
        Ok(queue)
    }
}

/// Creates a queue where it is missing, with a notification for each message.
async fn open(database: &Database, name: &str, namespace: &str) -> Result<Queue, QueueError> {
    let labels = NamespaceLabels { namespace: Namespace::from(namespace) };
    let queue = Queue::new_in::<MessagingMetrics>(database.clone(), name, &labels)?;
    queue.create().await?;
    // Without a pause between notifications, which would leave messages to the poll.
    sqlx::query("SELECT pgmq.enable_notify_insert($1, 0)").bind(name).execute(database).await?;
    Ok(queue)
}

/// Takes a message out of its queue that nothing here can read.
pub async fn archive_foreign(queue: &Queue, message: i64) {
    if let Err(error) = queue.reject(message).await {
        warn!(%error, queue = queue.name(), message, "a foreign message stays in its queue");
    }
}

/// The depth and the age of queues, as they were read last.
#[derive(Debug, Default)]
pub struct Samplings(pub Vec<QueueSampling>);
