//! The agent: takes jobs from the broker, runs them, and stores how they ended.

use std::{
    any::Any,
    num::NonZeroUsize,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use osapi_metrics::ErrorType;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, error, info, warn};

use crate::{
    broker::{Broker, Delivery},
    handlers::{self, OperationError},
    job::{Failure, Outcome},
    metrics::ProcessedJobs,
    operations::Output,
};

/// The options of an agent.
#[derive(Clone, Debug)]
pub struct AgentOptions {
    /// The name in job records and in the label `agent`.
    pub name: String,
    /// The most jobs that the agent runs at the same time, from 1 to 1000.
    pub concurrency: NonZeroUsize,
}

impl AgentOptions {
    /// The most jobs that an agent can run at the same time: each has a task, and over NATS a
    /// request for the next job.
    pub const MAX_CONCURRENCY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
}

/// A running agent. Dropping it ends the agent at once, and its running jobs go back to the broker.
#[derive(Debug)]
pub struct Agent {
    name: Arc<str>,
    running: Arc<AtomicUsize>,
    drain: CancellationToken,
    kill: DropGuard,
    task: JoinHandle<()>,
}

impl Agent {
    /// Starts taking jobs from `broker`, on the current tokio runtime.
    pub fn start(broker: Arc<dyn Broker>, options: AgentOptions) -> Self {
        let name: Arc<str> = options.name.into();
        let running = Arc::<AtomicUsize>::default();
        let drain = CancellationToken::new();
        let kill = CancellationToken::new();
        let pool = WorkerPool {
            name: Arc::clone(&name),
            concurrency: options.concurrency.get(),
            processed: ProcessedJobs::of(&name),
            running: Arc::clone(&running),
            broker,
            drain: drain.clone(),
            kill: kill.clone(),
        };
        Self { name, running, drain, kill: kill.drop_guard(), task: tokio::spawn(pool.run()) }
    }

    /// The agent's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes no more jobs and waits until the running jobs have ended. Jobs that still run after
    /// `grace` are dropped and go back to the broker, which takes at most `drop_time` more.
    pub async fn stop(self, grace: Duration, drop_time: Duration) {
        self.drain.cancel();
        let mut task = self.task;
        if timeout(grace, &mut task).await.is_ok() {
            return;
        }
        let jobs = self.running.load(Ordering::Relaxed);
        // Without jobs, the workers have had no time to notice that the agent stops.
        if jobs > 0 {
            let agent = &*self.name;
            let waited = format_args!("{:.1}s", grace.as_secs_f64());
            warn!(agent, jobs, %waited, "jobs still run; returning them");
        }
        self.kill.disarm().cancel();
        match timeout(drop_time, &mut task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                error!(agent = %self.name, %error, "the task of the agent failed");
            }
            Err(_) => {
                if jobs > 0 {
                    warn!(agent = %self.name, "the jobs are not dropped yet; the process ends");
                }
                task.abort();
            }
        }
    }
}

/// The workers of an agent.
struct WorkerPool {
    name: Arc<str>,
    concurrency: usize,
    /// The series of this agent, looked up once.
    processed: ProcessedJobs,
    /// The jobs that run.
    running: Arc<AtomicUsize>,
    broker: Arc<dyn Broker>,
    drain: CancellationToken,
    kill: CancellationToken,
}

impl WorkerPool {
    async fn run(self) {
        info!(agent = %self.name, concurrency = self.concurrency, "the agent takes jobs");
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency {
            let worker = Worker {
                agent: Arc::clone(&self.name),
                broker: Arc::clone(&self.broker),
                processed: self.processed,
                running: Arc::clone(&self.running),
                drain: self.drain.clone(),
            };
            workers.spawn(worker.take_jobs());
        }
        let work = async { while workers.join_next().await.is_some() {} };
        if self.kill.run_until_cancelled(work).await.is_none() {
            // Waits until every handler is dropped, so that all jobs are given back when this
            // returns.
            workers.shutdown().await;
        }
        info!(agent = %self.name, "the agent has stopped");
    }
}

/// A loop that runs one job after the other.
struct Worker {
    agent: Arc<str>,
    broker: Arc<dyn Broker>,
    processed: ProcessedJobs,
    running: Arc<AtomicUsize>,
    drain: CancellationToken,
}

impl Worker {
    /// Runs jobs until the agent drains or the broker closes.
    async fn take_jobs(self) {
        loop {
            match self.drain.run_until_cancelled(self.broker.next(&self.agent)).await {
                Some(Ok(delivery)) => {
                    self.running.fetch_add(1, Ordering::Relaxed);
                    self.process(delivery).await;
                    self.running.fetch_sub(1, Ordering::Relaxed);
                }
                Some(Err(reason)) => {
                    debug!(agent = %self.agent, %reason, "no more jobs");
                    return;
                }
                None => return,
            }
        }
    }

    /// Runs one job and stores how it ended. If this future is dropped, the job goes back.
    async fn process(&self, delivery: Delivery) {
        let Delivery { job, lease } = delivery;
        debug!(job = %job.id, operation = job.operation.name(), "started");
        let outcome = run_handler(handlers::run(&job)).await;
        let failure = outcome.result.as_ref().err();
        debug!(job = %job.id, duration = ?outcome.duration.unwrap_or_default(), ?failure, "ended");
        match lease.finish(outcome).await {
            Ok(()) => self.processed.inc(),
            Err(error) => {
                warn!(job = %job.id, %error, "the end was not stored; the job will run again");
            }
        }
    }
}

/// Runs `handler`, measures its time, and returns its result, error or panic as an outcome.
///
/// A panic ends the job, not the agent. A job that panics is not given back, because it would end
/// one agent after the other.
async fn run_handler(handler: impl Future<Output = Result<Output, OperationError>>) -> Outcome {
    let start = Instant::now();
    let result = AssertUnwindSafe(handler).catch_unwind().await;
    let duration = Some(start.elapsed());
    let result = match result {
        Ok(result) => result.map_err(|error| Failure {
            code: error.error_type().into(),
            timed_out: matches!(error, OperationError::TimedOut { .. }),
            message: error.to_string(),
        }),
        Err(panic) => Err(Failure {
            code: "panicked".into(),
            timed_out: false,
            message: format!("the handler panicked: {}", panic_message(&*panic)),
        }),
    };
    Outcome { result, duration }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    if let Some(message) = panic.downcast_ref::<&str>() {
        message
    } else if let Some(message) = panic.downcast_ref::<String>() {
        message
    } else {
        "without a message"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        broker::{EmbeddedBroker, Limits},
        job::{Job, JobId, JobState, JobStatus},
        operations::{Operation, WaitArgs},
    };

    /// Longer than any grace period below, shorter than the operation's limit.
    const LONG: u64 = 50_000;
    const DROP_TIME: Duration = Duration::from_secs(1);

    fn agent(broker: &EmbeddedBroker, name: &str, concurrency: usize) -> Agent {
        let options = AgentOptions {
            name: name.into(),
            concurrency: NonZeroUsize::new(concurrency).expect("not 0"),
        };
        Agent::start(Arc::new(broker.clone()), options)
    }

    async fn submit(broker: &EmbeddedBroker, millis: u64) -> JobId {
        let job = Job::new(Operation::Wait(WaitArgs { millis }));
        let id = job.id;
        broker.submit(job).await.expect("the broker is open");
        id
    }

    async fn state(broker: &EmbeddedBroker, id: JobId) -> JobState {
        let record = broker.record(id).await.expect("never fails");
        record.expect("known").state
    }

    /// Lets all tasks run that can run: the clock of these tests is virtual and advances only when
    /// all tasks wait.
    async fn settle() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_of_a_dead_agent_is_run_by_another() {
        let broker = EmbeddedBroker::new(Limits::default());
        let id = submit(&broker, LONG).await;
        let first = agent(&broker, "first", 1);
        settle().await;
        let running = state(&broker, id).await;
        assert!(matches!(running, JobState::Running { agent } if &*agent == "first"));

        drop(first);
        settle().await;
        assert!(matches!(state(&broker, id).await, JobState::Queued));

        let _second = agent(&broker, "second", 1);
        let record = broker.finished(id).await.expect("never fails");
        let record = record.expect("known");
        assert_eq!(record.state.status(), JobStatus::Completed);
        assert!(matches!(record.state, JobState::Finished { agent, .. } if &*agent == "second"));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_waits_for_what_finishes_in_time_and_returns_the_rest() {
        let broker = EmbeddedBroker::new(Limits::default());
        let short = submit(&broker, 100).await;
        let long = submit(&broker, LONG).await;
        let agent = agent(&broker, "a", 2);
        settle().await;
        let late = submit(&broker, 0).await;

        agent.stop(Duration::from_secs(10), DROP_TIME).await;
        assert_eq!(state(&broker, short).await.status(), JobStatus::Completed);
        assert_eq!(state(&broker, long).await.status(), JobStatus::Queued);
        assert_eq!(state(&broker, late).await.status(), JobStatus::Queued);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_jobs_run_at_once_than_allowed() {
        let broker = EmbeddedBroker::new(Limits::default());
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(submit(&broker, LONG).await);
        }
        let _agent = agent(&broker, "a", 2);
        settle().await;
        let mut running = 0;
        for id in ids {
            running += usize::from(matches!(state(&broker, id).await, JobState::Running { .. }));
        }
        assert_eq!(running, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_jobs_as_an_agent_runs_stop_within_the_grace() {
        let broker = EmbeddedBroker::new(Limits::default());
        let most = AgentOptions::MAX_CONCURRENCY.get();
        let mut ids = Vec::new();
        for _ in 0..most {
            ids.push(submit(&broker, LONG).await);
        }
        let agent = agent(&broker, "a", most);
        settle().await;
        assert!(matches!(state(&broker, ids[most - 1]).await, JobState::Running { .. }));

        let grace = Duration::from_secs(5);
        let began = tokio::time::Instant::now();
        agent.stop(grace, DROP_TIME).await;
        assert!(began.elapsed() <= grace + DROP_TIME, "{:?}", began.elapsed());
        for id in ids {
            assert_eq!(state(&broker, id).await.status(), JobStatus::Queued);
        }
    }

    #[tokio::test]
    async fn an_error_becomes_a_failure_with_its_class() {
        let limit = Duration::from_secs(1);
        let outcome = run_handler(async move { Err(OperationError::TimedOut { limit }) }).await;
        let failure = outcome.result.expect_err("timed out");
        assert!(failure.timed_out);
        assert_eq!(failure.message, "not finished within 1s");

        let outcome = run_handler(async { Err(OperationError::Stopped) }).await;
        let failure = outcome.result.expect_err("stopped");
        assert!(!failure.timed_out);
        assert_eq!(failure.code, "stopped");
    }

    #[tokio::test]
    async fn a_panic_becomes_a_failure() {
        let outcome = run_handler(async { panic!("number {}", 7) }).await;
        let failure = outcome.result.expect_err("panicked");
        assert_eq!(failure.code, "panicked");
        assert_eq!(failure.message, "the handler panicked: number 7");
    }
}
