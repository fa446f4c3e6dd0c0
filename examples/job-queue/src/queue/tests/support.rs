//! A queue to try a behaviour with, and what the tests ask it for.

use std::{sync::Arc, time::Duration};

use osapi_common::redis::PrivateRedis;
use redis::{Client, Cmd, FromRedisValue, ToRedisArgs};
use tokio::time::timeout;

use crate::{
    job::{
        Failure, FailureReason, JobEnd, JobId, JobOutput, JobRecord, JobRequest, JobState, Payload,
        Service, SimulationPayload,
    },
    queue::{
        Claim, EmbeddedQueue, Queue, QueueOptions, Settled, Sweep, WorkerInfo, redis::RedisQueue,
    },
};

/// The most that a test waits for a queue.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A time that is over soon, for options of tests that wait for its end.
pub(super) const SOON: Duration = Duration::from_millis(100);

/// Options in which nothing is due on its own, however slow the machine is.
pub(super) fn patient() -> QueueOptions {
    QueueOptions {
        worker_expiry: PATIENCE * 60,
        unworkable_after: PATIENCE * 60,
        ..QueueOptions::default()
    }
}

/// Tries each behaviour with the embedded queue, and with Redis where there is a server.
macro_rules! with_each_queue {
    ($($behaviour:ident)*) => {
        mod behaviour {
            use crate::queue::tests::support::Backend;

            $(#[tokio::test]
            async fn $behaviour() {
                super::$behaviour(&Backend::Embedded).await;
                if let Some(server) = osapi_metrics_tests::servers::redis() {
                    super::$behaviour(&Backend::Redis(Box::new(server))).await;
                }
            })*
        }
    };
}
pub(super) use with_each_queue;

/// Where a queue is.
pub(super) enum Backend {
    Embedded,
    Redis(Box<PrivateRedis>),
}

impl Backend {
    /// An empty queue with these options.
    pub(super) async fn open(&self, options: QueueOptions) -> QueuePair {
        match self {
            Self::Embedded => {
                let queue: Arc<dyn Queue> = Arc::new(EmbeddedQueue::new(options));
                QueuePair { api: Arc::clone(&queue), workers: queue }
            }
            Self::Redis(server) => QueuePair {
                api: Arc::new(connect(&server.url(), options.clone()).await),
                workers: Arc::new(connect(&server.url(), options).await),
            },
        }
    }
}

/// Waits for something, for a bounded time.
pub(super) async fn patiently<T>(something: impl Future<Output = T>) -> T {
    timeout(PATIENCE, something).await.expect("within the time")
}

pub(super) async fn connect(url: &str, options: QueueOptions) -> RedisQueue {
    RedisQueue::connect(url.parse().expect("a URL"), options).await
}

/// The most that a queue takes to say that a server is not to be used.
pub(super) const BOUND: Duration = Duration::from_secs(15);

/// Connects within the bound.
pub(super) async fn bounded(url: &str) -> RedisQueue {
    timeout(BOUND, connect(url, patient())).await.expect("an end within the time")
}

/// A command of an administrator.
pub(super) async fn ask<T: FromRedisValue>(url: &str, words: &[impl ToRedisArgs]) -> T {
    let client = Client::open(url).expect("a URL");
    let mut connection = client.get_multiplexed_async_connection().await.expect("connected");
    Cmd::new().arg(words).query_async(&mut connection).await.expect("an answer")
}

/// Waits until the queue can be used, or cannot.
pub(super) async fn becomes_ready(queue: &dyn Queue, ready: bool) {
    let reached = async {
        while queue.ready().is_ok() != ready {
            tokio::task::yield_now().await;
        }
    };
    patiently(reached).await;
}

/// The two ends of a queue. With Redis, each end has its own connections.
pub(super) struct QueuePair {
    pub(super) api: Arc<dyn Queue>,
    pub(super) workers: Arc<dyn Queue>,
}

pub(super) fn request() -> JobRequest {
    JobRequest::new(Payload::Simulation(SimulationPayload::default()))
}

pub(super) fn requiring(requirements: &str) -> JobRequest {
    let requirements = serde_json::from_str(requirements).expect("requirements");
    JobRequest { requirements, ..request() }
}

/// A worker for simulations with one slot.
pub(super) fn worker(id: &str) -> WorkerInfo {
    able_worker(id, "{}")
}

pub(super) fn able_worker(id: &str, capabilities: &str) -> WorkerInfo {
    WorkerInfo {
        id: id.to_owned(),
        services: [Service::Simulation].into(),
        capabilities: serde_json::from_str(capabilities).expect("capabilities"),
        slots: 1,
    }
}

pub(super) fn output() -> JobOutput {
    let summary = serde_json::json!({"digest": "a\u{e9}\"b"});
    JobOutput { bytes: 1 << 40, summary, billable_operations: 3 }
}

pub(super) fn success() -> JobEnd {
    JobEnd::Completed(output())
}

pub(super) fn failure(reason: FailureReason) -> JobEnd {
    JobEnd::Failed(Failure { reason, message: "it \"failed\"".to_owned() })
}

impl QueuePair {
    pub(super) async fn submit(&self, request: JobRequest) -> JobId {
        self.api.submit(request).await.expect("the queue is there")
    }

    /// Claims a job, which may come later.
    pub(super) async fn claim(&self, worker: &WorkerInfo) -> Claim {
        let claim = self.workers.claim(worker, PATIENCE).await.expect("the queue is there");
        claim.expect("a job within the time")
    }

    /// The job that a worker can claim now.
    pub(super) async fn claim_now(&self, worker: &WorkerInfo) -> Option<Claim> {
        self.workers.claim(worker, Duration::ZERO).await.expect("the queue is there")
    }

    pub(super) async fn finish(&self, claim: &Claim, end: JobEnd) -> Settled {
        self.workers.finish(&claim.lease, end).await.expect("the queue is there")
    }

    pub(super) async fn record(&self, id: JobId) -> JobRecord {
        self.api.record(id).await.expect("the queue is there").expect("known")
    }

    pub(super) async fn state(&self, id: JobId) -> JobState {
        self.record(id).await.state
    }

    /// Sweeps until a job has this state, and returns what the sweeps have done.
    pub(super) async fn swept(&self, id: JobId, state: JobState) -> Sweep {
        let mut total = Sweep::default();
        let reached = async {
            while self.state(id).await != state {
                let sweep = self.api.sweep().await.expect("the queue is there");
                total.recovered += sweep.recovered;
                total.failed += sweep.failed;
                total.unworkable += sweep.unworkable;
                total.retried += sweep.retried;
                total.unreadable += sweep.unreadable;
                tokio::task::yield_now().await;
            }
        };
        patiently(reached).await;
        total
    }

    /// Sweeps until a worker can claim a job.
    pub(super) async fn claim_swept(&self, worker: &WorkerInfo) -> Claim {
        let claimed = async {
            loop {
                self.api.sweep().await.expect("the queue is there");
                if let Some(claim) = self.claim_now(worker).await {
                    return claim;
                }
                tokio::task::yield_now().await;
            }
        };
        patiently(claimed).await
    }
}
