//! Processes commands, each in one transaction.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::queue::Message;
use tokio::sync::{Mutex, mpsc::Receiver};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};
use uuid::Uuid;

use super::{OrchestrationParts, command::Command};
use crate::{
    metrics::{
        CorrelationLabels, FinalState, FinalizationLabels, NamedStepLabels, Namespace,
        OrchestrationMetrics, ResultLabels, TaskTypeLabels,
    },
    resilience::persist,
    store::{self, EnqueuedStep, Finalized, Initialized, ProcessedResult, StepResult, TaskRequest},
    workflow::Workflow,
};

pub(super) struct Processor {
    pub(super) parts: OrchestrationParts,
    pub(super) visibility: Duration,
}

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
            let deadline = Instant::now() + self.visibility;
            let processed =
                persist(&self.parts.breakers.pgmq, deadline, &stop, || self.process(&command));
            if let Err(error) = processed.await {
                warn!(%error, ?command, "a command was not processed; its message comes again");
            }
        }
    }

    async fn process(&self, command: &Command) -> Result<(), sqlx::Error> {
        match command {
            Command::Request(message) => match &message.body {
                Ok(TaskRequest::Start { task, correlation_id }) => {
                    self.start(message, *task, correlation_id).await
                }
                Ok(TaskRequest::Cancel { task, correlation_id }) => {
                    self.cancel(message, *task, correlation_id).await
                }
                Err(_) => Ok(()),
            },
            Command::Result(message) => match &message.body {
                Ok(result) => self.take_result(message, result).await,
                Err(_) => Ok(()),
            },
            Command::EnqueueDue(task) => self.enqueue_due(*task).await,
        }
    }

    async fn start(
        &self,
        message: &Message<TaskRequest>,
        task: Uuid,
        correlation_id: &str,
    ) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        let mut transaction = self.parts.database.begin().await?;
        let queues = &self.parts.queues;
        let initialized = store::initialize(&mut transaction, task, &queues.workers).await?;
        let mut finalized = None;
        if let Initialized::UnknownWorkflow { workflow } = &initialized {
            finalized = Some(store::fail_unknown(&mut transaction, task, workflow).await?);
        }
        queues.requests.delete_on(&mut transaction, message.id).await?;
        transaction.commit().await?;
        match initialized {
            Initialized::Begun { workflow, enqueued } => {
                self.record_start(workflow, &enqueued, correlation_id, begun.elapsed());
            }
            Initialized::UnknownWorkflow { workflow } => {
                warn!(%task, workflow, "a task needs a workflow that this program does not have");
            }
            Initialized::Unknown => warn!(%task, "a request names a task that does not exist"),
            Initialized::Begone => debug!(%task, "the task had begun before"),
        }
        self.record_end(finalized, begun.elapsed(), task, correlation_id);
        Ok(())
    }

    async fn cancel(
        &self,
        message: &Message<TaskRequest>,
        task: Uuid,
        correlation_id: &str,
    ) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        let mut transaction = self.parts.database.begin().await?;
        let finalized = store::cancel(&mut transaction, task).await?;
        self.parts.queues.requests.delete_on(&mut transaction, message.id).await?;
        transaction.commit().await?;
        self.record_end(finalized, begun.elapsed(), task, correlation_id);
        Ok(())
    }

    async fn take_result(
        &self,
        message: &Message<StepResult>,
        result: &StepResult,
    ) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        let mut transaction = self.parts.database.begin().await?;
        let queues = &self.parts.queues;
        let processed = store::process(&mut transaction, result, &queues.workers).await?;
        queues.results.delete_on(&mut transaction, message.id).await?;
        transaction.commit().await?;
        let Some(ProcessedResult { enqueued, finalized }) = processed else {
            debug!(task = %result.task, step = result.step, "the result was taken before");
            return Ok(());
        };
        let labels = ResultLabels {
            correlation_id: self.parts.correlations.label(&result.correlation_id),
            result_type: result.result_type,
        };
        let metrics = OrchestrationMetrics::global();
        metrics.results_processed.with(labels.clone()).inc();
        metrics.result_processing.with(labels).record_duration(begun.elapsed());
        self.record_enqueued(&enqueued);
        if let Some((finalized, time)) = finalized {
            self.record_end(Some(finalized), time, result.task, &result.correlation_id);
        }
        Ok(())
    }

    async fn enqueue_due(&self, task: Uuid) -> Result<(), sqlx::Error> {
        let mut transaction = self.parts.database.begin().await?;
        let workers = &self.parts.queues.workers;
        let enqueued = store::enqueue_due(&mut transaction, task, workers).await?;
        transaction.commit().await?;
        self.record_enqueued(&enqueued);
        Ok(())
    }

    fn record_start(
        &self,
        workflow: &'static Workflow,
        enqueued: &[EnqueuedStep],
        correlation_id: &str,
        time: Duration,
    ) {
        let labels = TaskTypeLabels {
            correlation_id: self.parts.correlations.label(correlation_id),
            task_type: workflow.name,
        };
        OrchestrationMetrics::global().initialization.with(labels).record_duration(time);
        self.record_enqueued(enqueued);
    }

    fn record_enqueued(&self, steps: &[EnqueuedStep]) {
        for step in steps {
            let labels = NamedStepLabels {
                correlation_id: self.parts.correlations.label(&step.correlation_id),
                namespace: Namespace::from(step.namespace.as_str()),
                step_name: step.name.clone(),
            };
            OrchestrationMetrics::global().enqueued.with(labels).inc();
        }
    }

    fn record_end(
        &self,
        finalized: Option<Finalized>,
        time: Duration,
        task: Uuid,
        correlation_id: &str,
    ) {
        let Some(Finalized { state }) = finalized else { return };
        info!(%task, correlation_id, ?state, "the task has ended");
        let metrics = OrchestrationMetrics::global();
        let correlation_id = self.parts.correlations.label(correlation_id);
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
