//! Processes commands, each in one transaction.

use std::{
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::queue::Message;
use osapi_metrics_rules::excerpt::Excerpt;
use tokio::sync::{Mutex, mpsc::Receiver};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, info, warn};

use super::{OrchestrationParts, command::Command};
use crate::{
    metrics::{
        CorrelationLabels, FinalState, FinalizationLabels, NamedStepLabels, Namespace,
        OrchestrationMetrics, ResultLabels, ResultType, TaskTypeLabels,
    },
    resilience::persist,
    store::{
        self, EnqueuedStep, Finalized, Initialized, ProcessedResult, StepResult, TaskRequest,
        Transaction,
    },
    workflow::Workflow,
};

pub(super) struct Processor {
    pub(super) parts: OrchestrationParts,
    pub(super) visibility: Duration,
    /// Counts the commands that are processed.
    pub(super) processed: TaskTracker,
}

/// What a transaction changes: counted when it is committed.
#[derive(Debug, Default)]
struct Changes {
    /// The task has begun.
    begun: Option<&'static Workflow>,
    /// A result has been taken.
    result: Option<ResultType>,
    /// Steps have been enqueued.
    enqueued: Vec<EnqueuedStep>,
    /// The task has ended.
    finalized: Option<(Finalized, Duration)>,
}

/// The changes of a commit that the database has not answered. If they were committed after all,
/// the next try finds nothing to change, and these are counted.
type Unanswered = StdMutex<Option<Changes>>;

impl Processor {
    /// Processes commands until the stop. A command whose transaction fails is tried again as long
    /// as its message is invisible to others.
    pub(super) async fn run(
        self,
        commands: Arc<Mutex<Receiver<Command>>>,
        stop: CancellationToken,
    ) {
        loop {
            let command = async { commands.lock().await.recv().await };
            let command = tokio::select! {
                () = stop.cancelled() => return,
                command = command => command,
            };
            let Some(command) = command else { return };
            let _processed = self.processed.token();
            let deadline = Instant::now() + self.visibility;
            let unanswered = Unanswered::default();
            let processed = persist(&self.parts.breakers, command.to(), deadline, &stop, || {
                self.process(&command, &unanswered)
            });
            match (processed.await, &command) {
                // A step that is due is found again within moments.
                (Err(_), Command::EnqueueDue(_)) | (Ok(()), _) => {}
                (Err(error), command) => {
                    let command = format!("{command:?}");
                    let command = Excerpt::of_message(&command);
                    warn!(%error, %command, "a command was not processed; its message comes again");
                }
            }
        }
    }

    async fn process(&self, command: &Command, unanswered: &Unanswered) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        let mut transaction = self.parts.database.begin().await?;
        let changes = match command {
            Command::Request(message) => match &message.body {
                Ok(request) => self.take_request(&mut transaction, message.id, request).await?,
                Err(_) => return Ok(()),
            },
            Command::Result(message) => match &message.body {
                Ok(result) => self.take_result(&mut transaction, message, result).await?,
                Err(_) => return Ok(()),
            },
            Command::EnqueueDue(task) => {
                let workers = &self.parts.queues.workers;
                let enqueued = store::enqueue_due(&mut transaction, *task, workers).await?;
                let changes = Changes { enqueued, ..Changes::default() };
                (!changes.enqueued.is_empty()).then_some(changes)
            }
        };
        if let Some(changes) = commit(transaction, changes, unanswered).await? {
            self.record(command, changes, begun.elapsed());
        }
        Ok(())
    }

    async fn take_request(
        &self,
        transaction: &mut Transaction,
        message: i64,
        request: &TaskRequest,
    ) -> Result<Option<Changes>, sqlx::Error> {
        let queues = &self.parts.queues;
        let mut changes = Changes::default();
        let begun = Instant::now();
        match request {
            TaskRequest::Cancel { task, .. } => {
                let finalized = store::cancel(transaction, *task).await?;
                changes.finalized = finalized.map(|finalized| (finalized, begun.elapsed()));
            }
            TaskRequest::Start { task, .. } => {
                match store::initialize(transaction, *task, &queues.workers).await? {
                    Initialized::Begun { workflow, enqueued } => {
                        changes.begun = Some(workflow);
                        changes.enqueued = enqueued;
                    }
                    Initialized::UnknownWorkflow { workflow } => {
                        let name = Excerpt::of(&workflow);
                        warn!(%task, workflow = %name, "this program does not have the workflow");
                        let failed = store::fail_unknown(transaction, *task, &workflow).await?;
                        changes.finalized = Some((failed, begun.elapsed()));
                    }
                    Initialized::Unknown => {
                        warn!(%task, "a request names a task that does not exist");
                    }
                    Initialized::AlreadyBegun => debug!(%task, "the task had begun before"),
                }
            }
        }
        queues.requests.delete_on(transaction, message).await?;
        Ok((changes.begun.is_some() || changes.finalized.is_some()).then_some(changes))
    }

    async fn take_result(
        &self,
        transaction: &mut Transaction,
        message: &Message<StepResult>,
        result: &StepResult,
    ) -> Result<Option<Changes>, sqlx::Error> {
        let queues = &self.parts.queues;
        let processed = store::process(transaction, result, &queues.workers).await?;
        queues.results.delete_on(transaction, message.id).await?;
        let Some(ProcessedResult { enqueued, finalized }) = processed else {
            debug!(task = %result.task, step = result.step, "the result was taken before");
            return Ok(None);
        };
        let result = Some(result.result_type);
        Ok(Some(Changes { begun: None, result, enqueued, finalized }))
    }

    /// Counts what a command has changed in this time.
    fn record(&self, command: &Command, changes: Changes, time: Duration) {
        let Changes { begun, result, enqueued, finalized } = changes;
        let metrics = OrchestrationMetrics::global();
        let correlations = self.parts.correlations;
        for step in &enqueued {
            let labels = NamedStepLabels {
                correlation_id: correlations.label(&step.correlation_id),
                namespace: Namespace::from(step.namespace.as_str()),
                step_name: step.name.clone(),
            };
            metrics.enqueued.with(labels).inc();
        }
        let Some((task, id)) = command.task() else { return };
        let correlation_id = correlations.label(id);
        if let Some(workflow) = begun {
            let labels =
                TaskTypeLabels { correlation_id: correlation_id.clone(), task_type: workflow.name };
            metrics.initialization.with(labels).record_duration(time);
        }
        if let Some(result_type) = result {
            let labels = ResultLabels { correlation_id: correlation_id.clone(), result_type };
            metrics.results_processed.with(labels.clone()).inc();
            metrics.result_processing.with(labels).record_duration(time);
        }
        if let Some((Finalized { state }, time)) = finalized {
            info!(%task, correlation_id = id, ?state, "the task has ended");
            let ended = CorrelationLabels { correlation_id: correlation_id.clone() };
            match state {
                FinalState::Complete => metrics.completions.with(ended).inc(),
                FinalState::Error => metrics.failures.with(ended).inc(),
                FinalState::Cancelled => {}
            }
            let labels = FinalizationLabels { correlation_id, final_state: state };
            metrics.finalization.with(labels).record_duration(time);
        }
    }
}

/// Commits, and returns what has been changed by this try, or by an earlier one whose commit was
/// not answered.
async fn commit(
    transaction: Transaction,
    changes: Option<Changes>,
    unanswered: &Unanswered,
) -> Result<Option<Changes>, sqlx::Error> {
    let unanswered = || unanswered.lock().unwrap_or_else(PoisonError::into_inner);
    if changes.is_some() {
        *unanswered() = changes;
    }
    transaction.commit().await?;
    Ok(unanswered().take())
}
