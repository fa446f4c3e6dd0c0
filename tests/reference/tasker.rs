use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter};

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum ResultType {
    Success,
    Error,
    Timeout,
    Cancelled,
    Skipped,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum SubmittedResult {
    Completion,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum FinalState {
    Complete,
    Error,
    Cancelled,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum ExecutionResult {
    Success,
    Error,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum ClaimMethod {
    Event,
    Poll,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum StepError {
    ClaimFailed,
    DatabaseError,
    StepNotFound,
    MessageDeletionFailed,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum HandlerType {
    Rust,
    Ruby,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum Component {
    FfiCompletion,
    TaskReadiness,
    Pgmq,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum Channel {
    OrchestrationCommand,
    PgmqNotifications,
}

/// One request, through all of its steps.
#[derive(Clone, Debug, LabelSet)]
pub(super) struct Correlation {
    #[label(max = 200)]
    correlation_id: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct Namespace {
    #[label(max = 10)]
    namespace: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct TaskTypeLabels {
    #[label(flatten)]
    correlation: Correlation,
    #[label(max = 10)]
    task_type: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct TaskLabels {
    #[label(flatten)]
    task: TaskTypeLabels,
    #[label(flatten)]
    namespace: Namespace,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct StepLabels {
    #[label(flatten)]
    correlation: Correlation,
    #[label(flatten)]
    namespace: Namespace,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct NamedStepLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(max = 5)]
    step_name: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct FailureLabels {
    #[label(flatten)]
    step: StepLabels,
    error_type: StepError,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ExecutionLabels {
    #[label(flatten)]
    step: StepLabels,
    result: ExecutionResult,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ResultLabels {
    #[label(flatten)]
    correlation: Correlation,
    result_type: ResultType,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct SubmissionLabels {
    #[label(flatten)]
    correlation: Correlation,
    result_type: SubmittedResult,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct FinalizationLabels {
    #[label(flatten)]
    correlation: Correlation,
    final_state: FinalState,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ClaimLabels {
    #[label(flatten)]
    namespace: Namespace,
    claim_method: ClaimMethod,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct StateLabels {
    #[label(max = 20)]
    state: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct HandlerLabels {
    #[label(flatten)]
    namespace: Namespace,
    handler_type: HandlerType,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ChannelLabels {
    channel: Channel,
    #[label(max = 20)]
    component: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct EndpointLabels {
    #[label(max = 100)]
    endpoint: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ComponentLabels {
    component: Component,
}

const MILLISECONDS: [f64; 10] =
    [1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 60_000.0];

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", allow(non_base_units))]
pub(super) struct OrchestrationMetrics {
    /// Total number of task creation requests received.
    #[metric(name = "tasker.tasks.requests.total", unit = "{request}", max_series = 20_000)]
    requests: Counter<TaskLabels>,
    /// Total number of tasks that completed successfully.
    #[metric(name = "tasker.tasks.completions.total", unit = "{task}")]
    completions: Counter<Correlation>,
    /// Total number of tasks that failed.
    #[metric(name = "tasker.tasks.failures.total", unit = "{task}")]
    failures: Counter<Correlation>,
    /// Total number of steps enqueued to worker queues.
    #[metric(name = "tasker.steps.enqueued.total", unit = "{step}", max_series = 10_000)]
    enqueued: Counter<NamedStepLabels>,
    /// Total number of step results processed from workers.
    #[metric(name = "tasker.step_results.processed.total", unit = "{result}")]
    results_processed: Counter<ResultLabels>,
    /// Task initialization duration in milliseconds.
    #[metric(name = "tasker.task.initialization.duration", unit = "ms", buckets = MILLISECONDS)]
    initialization: Histogram<TaskTypeLabels>,
    /// Task finalization duration in milliseconds.
    #[metric(name = "tasker.task.finalization.duration", unit = "ms", buckets = MILLISECONDS)]
    finalization: Histogram<FinalizationLabels>,
    /// Step result processing duration in milliseconds.
    #[metric(name = "tasker.step_result.processing.duration", unit = "ms", buckets = MILLISECONDS)]
    result_processing: Histogram<ResultLabels>,
    /// Number of tasks currently being processed.
    #[metric(name = "tasker.tasks.active", unit = "{task}")]
    tasks_active: Gauge<StateLabels, u64>,
    /// Number of steps ready for execution.
    #[metric(name = "tasker.steps.ready", unit = "{step}")]
    steps_ready: Gauge<Namespace, u64>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", allow(non_base_units))]
pub(super) struct WorkerMetrics {
    /// Total number of step executions attempted.
    #[metric(name = "tasker.steps.executions.total", unit = "{step}")]
    executions: Counter<Correlation>,
    /// Total number of step executions that completed successfully.
    #[metric(name = "tasker.steps.successes.total", unit = "{step}")]
    successes: Counter<StepLabels>,
    /// Total number of step executions that failed.
    #[metric(name = "tasker.steps.failures.total", unit = "{step}", max_series = 8_000)]
    failures: Counter<FailureLabels>,
    /// Total number of steps claimed from queues.
    #[metric(name = "tasker.steps.claimed.total", unit = "{step}")]
    claimed: Counter<ClaimLabels>,
    /// Total number of step results submitted to orchestration.
    #[metric(name = "tasker.steps.results_submitted.total", unit = "{result}")]
    results_submitted: Counter<SubmissionLabels>,
    /// Step execution duration in milliseconds.
    #[metric(
        name = "tasker.step.execution.duration",
        unit = "ms",
        buckets = MILLISECONDS,
        max_series = 4_000
    )]
    execution: Histogram<ExecutionLabels>,
    /// Step claiming duration in milliseconds.
    #[metric(name = "tasker.step.claim.duration", unit = "ms", buckets = MILLISECONDS)]
    claim: Histogram<ClaimLabels>,
    /// Step result submission duration in milliseconds.
    #[metric(name = "tasker.step_result.submission.duration", unit = "ms", buckets = MILLISECONDS)]
    submission: Histogram<SubmissionLabels>,
    /// Number of steps currently being executed.
    #[metric(name = "tasker.steps.active_executions", unit = "{step}")]
    active_executions: UpDownCounter<HandlerLabels>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker")]
pub(super) struct MessagingMetrics {
    /// Current queue depth per namespace.
    #[metric(name = "tasker.queue.depth", unit = "{message}")]
    depth: Gauge<Namespace, u64>,
    /// Messages sent.
    #[metric(name = "tasker.queue.messages_sent.total", unit = "{message}")]
    sent: Counter,
    /// Messages received.
    #[metric(name = "tasker.queue.messages_received.total", unit = "{message}")]
    received: Counter,
    /// Messages deleted.
    #[metric(name = "tasker.queue.messages_deleted.total", unit = "{message}")]
    deleted: Counter,
    /// Time to send a message, in milliseconds.
    #[metric(name = "tasker.queue.message_send.duration", buckets = MILLISECONDS)]
    send: Histogram,
    /// Time to receive a message, in milliseconds.
    #[metric(name = "tasker.queue.message_receive.duration", buckets = MILLISECONDS)]
    receive: Histogram,
    /// Age of the oldest message.
    #[metric(name = "tasker.queue.age_seconds", unit = "s")]
    age: Gauge,
    /// Messages that became visible again.
    #[metric(name = "tasker.queue.visibility_timeouts.total", unit = "{timeout}")]
    visibility_timeouts: Counter,
    /// Errors of the queue.
    #[metric(name = "tasker.queue.errors.total", unit = "{error}")]
    errors: Counter,
    /// Attempts to deliver a message again.
    #[metric(name = "tasker.queue.retry_attempts.total", unit = "{attempt}")]
    retry_attempts: Counter,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker")]
pub(super) struct DatabaseMetrics {
    /// Queries.
    #[metric(name = "tasker.sql.queries.total", unit = "{query}")]
    queries: Counter,
    /// Time of a query, in milliseconds.
    #[metric(name = "tasker.sql.query.duration", buckets = MILLISECONDS)]
    query: Histogram,
    /// Connections in use.
    #[metric(name = "tasker.db.pool.connections_active", unit = "{connection}")]
    connections_active: UpDownCounter,
    /// Connections not in use.
    #[metric(name = "tasker.db.pool.connections_idle", unit = "{connection}")]
    connections_idle: UpDownCounter,
    /// Time until a connection is free, in milliseconds.
    #[metric(name = "tasker.db.pool.wait_duration", buckets = MILLISECONDS)]
    wait: Histogram,
    /// Transactions.
    #[metric(name = "tasker.db.transactions.total", unit = "{transaction}")]
    transactions: Counter,
    /// Time of a transaction, in milliseconds.
    #[metric(name = "tasker.db.transaction.duration", buckets = MILLISECONDS)]
    transaction: Histogram,
}

/// These names have no prefix in common.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", allow(non_base_units))]
pub(super) struct ResilienceMetrics {
    /// Current state of the web API database circuit breaker: 0 closed, 1 half-open, 2 open.
    api_circuit_breaker_state: Gauge<(), i64>,
    /// Per-component circuit breaker state: 0 closed, 1 half-open, 2 open.
    tasker_circuit_breaker_state: Gauge<ComponentLabels, i64>,
    /// Total API requests rejected due to open circuit breaker.
    #[metric(unit = "{request}")]
    api_requests_rejected_total: Counter<EndpointLabels>,
    /// FFI completion channel sends exceeding the latency threshold.
    #[metric(unit = "{send}")]
    ffi_completion_slow_sends_total: Counter,
    /// FFI completion operations rejected due to open circuit breaker.
    #[metric(unit = "{rejection}")]
    ffi_completion_circuit_open_rejections_total: Counter,
    /// Current fill percentage of a bounded MPSC channel.
    #[metric(unit = "%")]
    mpsc_channel_usage_percent: Gauge<ChannelLabels>,
    /// Configured buffer capacity for an MPSC channel.
    #[metric(unit = "{message}")]
    mpsc_channel_capacity: Gauge<ChannelLabels, u64>,
    /// Count of channel overflow events (backpressure applied).
    #[metric(unit = "{event}")]
    mpsc_channel_full_events_total: Counter<ChannelLabels>,
}
