//! The queues between the API, the orchestration and the workers.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use osapi_metrics::{
    instrumentation::queue::{Queue, QueueNameError, QueueSampling},
    instruments::Observation,
};
use osapi_metrics_rules::excerpt::Excerpt;
use sqlx::{Error, PgPool};
use tracing::warn;

use crate::{
    metrics::{MessagingMetrics, Namespace, NamespaceLabels},
    resilience::{Rights, without_panic},
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
pub struct WorkerQueues(Arc<HashMap<String, Queue>>);

/// Creates the queues where they are missing, with a notification for each message.
///
/// # Errors
/// The database failed.
pub async fn create(pool: &PgPool, namespaces: &[&str]) -> Result<(), Error> {
    let workers = namespaces.iter().map(|namespace| worker_queue(namespace));
    for name in workers.chain([REQUESTS.to_owned(), RESULTS.to_owned()]) {
        let exists: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pgmq.meta WHERE queue_name = $1)")
                .bind(&name)
                .fetch_one(pool)
                .await?;
        if exists {
            continue;
        }
        // Without a pause between notifications, which would leave messages to the poll.
        sqlx::query("SELECT pgmq.create($1), pgmq.enable_notify_insert($1, 0)")
            .bind(&name)
            .execute(pool)
            .await?;
    }
    Ok(())
}

impl Queues {
    /// The queues of the orchestration and of these namespaces, over a pool.
    ///
    /// # Errors
    /// The name of a namespace is no name for a queue.
    pub fn open(database: &Database, namespaces: &[&str]) -> Result<Self, QueueNameError> {
        let workers = namespaces.iter().map(|namespace| {
            let queue = open(database, &worker_queue(namespace), namespace)?;
            Ok(((*namespace).to_owned(), queue))
        });
        Ok(Self {
            requests: open(database, REQUESTS, ORCHESTRATION)?,
            results: open(database, RESULTS, ORCHESTRATION)?,
            workers: WorkerQueues(Arc::new(workers.collect::<Result<_, QueueNameError>>()?)),
        })
    }

    /// What the orchestration does with these queues.
    pub fn add_rights_of_orchestration(&self, rights: &mut Rights) {
        let workers: Vec<_> =
            self.workers.0.values().map(|queue| queue.name().to_owned()).collect();
        rights.add_orchestration(self.requests.name(), self.results.name(), &workers);
    }

    /// What the worker of a namespace does with these queues.
    ///
    /// # Errors
    /// No worker has this namespace.
    pub fn add_rights_of_worker(&self, namespace: &str, rights: &mut Rights) -> Result<(), Error> {
        rights.add_worker(self.results.name(), self.workers.of(namespace)?.name());
        Ok(())
    }

    /// The names of the queues that the orchestration reads.
    pub fn orchestration_names(&self) -> Vec<String> {
        vec![self.requests.name().to_owned(), self.results.name().to_owned()]
    }
}

impl WorkerQueues {
    /// The queue of a namespace.
    ///
    /// # Errors
    /// No worker has this namespace.
    pub fn of(&self, namespace: &str) -> Result<&Queue, Error> {
        self.0.get(namespace).ok_or_else(|| {
            Error::Configuration(format!("no worker has the namespace `{namespace}`").into())
        })
    }
}

fn worker_queue(namespace: &str) -> String {
    format!("worker_{namespace}_queue")
}

fn open(database: &Database, name: &str, namespace: &str) -> Result<Queue, QueueNameError> {
    let labels = NamespaceLabels { namespace: Namespace::from(namespace) };
    Queue::new_in::<MessagingMetrics>(database.clone(), name, &labels)
}

/// Takes a message out of its queue that nothing here can use, for this reason.
pub async fn archive_foreign(queue: &Queue, message: i64, reason: &impl fmt::Display) {
    let reason = reason.to_string();
    let error = Excerpt::of_message(&reason);
    warn!(queue = queue.name(), id = message, %error, "foreign message");
    if let Err(error) = without_panic(queue.reject(message)).await {
        warn!(%error, queue = queue.name(), id = message, "a foreign message stays in its queue");
    }
}

/// The depths and ages of the queues of a process, as they were counted last.
#[derive(Clone, Debug)]
pub struct QueueSamples(Arc<Samplings>);

#[derive(Debug)]
struct Samplings {
    requests: Arc<QueueSampling>,
    /// Held so that all queues are counted, the one of requests too.
    _all: Arc<[Arc<QueueSampling>]>,
    _age: Observation,
}

impl QueueSamples {
    /// Begins to count, and shows the counts in the gauges until the last clone is dropped.
    pub fn begin(queues: &Queues, every: Duration) -> Self {
        let requests = Arc::new(queues.requests.sample(every));
        let mut all = vec![Arc::clone(&requests), Arc::new(queues.results.sample(every))];
        for queue in queues.workers.0.values() {
            all.push(Arc::new(queue.sample(every)));
        }
        let all: Arc<[_]> = all.into();
        let weak: Vec<_> = all.iter().map(Arc::downgrade).collect();
        let age = MessagingMetrics::global().age.observe(move || {
            let samplings = weak.iter().filter_map(Weak::upgrade);
            let ages = samplings.filter_map(|sampling| sampling.latest()?.age);
            ages.max().map(|age| age.as_secs_f64())
        });
        Self(Arc::new(Samplings { requests, _all: all, _age: age }))
    }

    /// The requests for tasks that wait; `None` if they were not counted lately.
    pub fn requests(&self) -> Option<u64> {
        self.0.requests.latest().map(|sample| sample.depth)
    }
}
