//! The queues between the API, the orchestration and the workers.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use osapi_metrics::{
    instrumentation::queue::{Queue, QueueSampling},
    instruments::Observation,
};
use sqlx::Error;
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
    pub async fn open(database: &Database, namespaces: &[&str]) -> Result<Self, Error> {
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
    pub async fn of(&self, namespace: &str) -> Result<Queue, Error> {
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
async fn open(database: &Database, name: &str, namespace: &str) -> Result<Queue, Error> {
    let labels = NamespaceLabels { namespace: Namespace::from(namespace) };
    let queue = Queue::new_in::<MessagingMetrics>(database.clone(), name, &labels);
    let queue = queue.map_err(|error| Error::Configuration(error.into()))?;
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

/// The depths and ages of the queues of a process, as they were counted last.
#[derive(Clone, Debug)]
pub struct QueueSamples(Arc<Samplings>);

#[derive(Debug)]
struct Samplings {
    requests: Arc<QueueSampling>,
    /// All queues, the one of requests too.
    all: Arc<[Arc<QueueSampling>]>,
    _age: Observation,
}

impl QueueSamples {
    /// Begins to count, and shows the counts in the gauges until the last clone is dropped.
    pub async fn begin(queues: &Queues, every: Duration) -> Self {
        let requests = Arc::new(queues.requests.sample(every));
        let mut all = vec![Arc::clone(&requests), Arc::new(queues.results.sample(every))];
        for queue in queues.workers.queues.lock().await.values() {
            all.push(Arc::new(queue.sample(every)));
        }
        let all: Arc<[_]> = all.into();
        let weak: Vec<_> = all.iter().map(Arc::downgrade).collect();
        let age = MessagingMetrics::global().age.observe(move || {
            let samplings = weak.iter().filter_map(Weak::upgrade);
            let ages = samplings.filter_map(|sampling| sampling.latest()?.age);
            ages.max().map(|age| age.as_secs_f64())
        });
        Self(Arc::new(Samplings { requests, all, _age: age }))
    }

    /// The requests for tasks that wait; `None` if they were not counted lately.
    pub fn requests(&self) -> Option<u64> {
        self.0.requests.latest().map(|sample| sample.depth)
    }

    /// The messages in all queues; `None` if one was not counted lately.
    pub fn messages(&self) -> Option<u64> {
        self.0.all.iter().map(|sampling| sampling.latest().map(|sample| sample.depth)).sum()
    }
}
