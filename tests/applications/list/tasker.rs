//! The metrics of tasker: its orchestration and workers, its queues, database, channels and
//! breakers.

use super::{Label, Metric, closed, counter, gauge, histogram, open};

const CORRELATION_ID: Label = open("correlation_id");
const NAMESPACE: Label = open("namespace");
const RESULTS: [&str; 5] = ["success", "error", "timeout", "cancelled", "skipped"];
const STATES: [(u8, &str); 3] = [(0, "closed"), (1, "half-open"), (2, "open")];
const CHANNELS: [&str; 2] = ["orchestration_command", "pgmq_notifications"];

pub(super) const METRICS: &[Metric] = &[
    counter("tasker.tasks.requests.total", "", &[CORRELATION_ID, open("task_type"), NAMESPACE])
        .scraped_as("tasker_tasks_requests_total"),
    counter("tasker.tasks.completions.total", "", &[CORRELATION_ID])
        .scraped_as("tasker_tasks_completions_total"),
    counter("tasker.tasks.failures.total", "", &[CORRELATION_ID])
        .scraped_as("tasker_tasks_failures_total"),
    counter("tasker.steps.enqueued.total", "", &[CORRELATION_ID, NAMESPACE, open("step_name")])
        .scraped_as("tasker_steps_enqueued_total"),
    counter(
        "tasker.step_results.processed.total",
        "",
        &[CORRELATION_ID, closed("result_type", &RESULTS)],
    )
    .scraped_as("tasker_step_results_processed_total"),
    histogram("tasker.task.initialization.duration", "ms", &[CORRELATION_ID, open("task_type")])
        .scraped_as("tasker_task_initialization_duration_milliseconds"),
    histogram(
        "tasker.task.finalization.duration",
        "ms",
        &[CORRELATION_ID, closed("final_state", &["complete", "error", "cancelled"])],
    )
    .scraped_as("tasker_task_finalization_duration_milliseconds"),
    histogram(
        "tasker.step_result.processing.duration",
        "ms",
        &[CORRELATION_ID, closed("result_type", &RESULTS)],
    )
    .scraped_as("tasker_step_result_processing_duration_milliseconds"),
    gauge("tasker.tasks.active", "", &[open("state")]).scraped_as("tasker_tasks_active"),
    gauge("tasker.steps.ready", "", &[NAMESPACE]).scraped_as("tasker_steps_ready"),
    counter("tasker.steps.executions.total", "", &[CORRELATION_ID])
        .scraped_as("tasker_steps_executions_total"),
    counter("tasker.steps.successes.total", "", &[CORRELATION_ID, NAMESPACE])
        .scraped_as("tasker_steps_successes_total"),
    counter(
        "tasker.steps.failures.total",
        "",
        &[
            CORRELATION_ID,
            NAMESPACE,
            closed(
                "error_type",
                &["claim_failed", "database_error", "step_not_found", "message_deletion_failed"],
            )
            .optional(),
        ],
    )
    .scraped_as("tasker_steps_failures_total"),
    counter(
        "tasker.steps.claimed.total",
        "",
        &[NAMESPACE, closed("claim_method", &["event", "poll"])],
    )
    .scraped_as("tasker_steps_claimed_total"),
    counter(
        "tasker.steps.results_submitted.total",
        "",
        &[CORRELATION_ID, closed("result_type", &["completion"])],
    )
    .scraped_as("tasker_steps_results_submitted_total"),
    histogram(
        "tasker.step.execution.duration",
        "ms",
        &[CORRELATION_ID, NAMESPACE, closed("result", &["success", "error"])],
    )
    .scraped_as("tasker_step_execution_duration_milliseconds"),
    histogram(
        "tasker.step.claim.duration",
        "ms",
        &[NAMESPACE, closed("claim_method", &["event", "poll"])],
    )
    .scraped_as("tasker_step_claim_duration_milliseconds"),
    histogram(
        "tasker.step_result.submission.duration",
        "ms",
        &[CORRELATION_ID, closed("result_type", &["completion"])],
    )
    .scraped_as("tasker_step_result_submission_duration_milliseconds"),
    gauge(
        "tasker.steps.active_executions",
        "",
        &[NAMESPACE, closed("handler_type", &["rust", "ruby"])],
    )
    .scraped_as("tasker_steps_active_executions"),
    gauge("tasker.queue.depth", "", &[NAMESPACE]).scraped_as("tasker_queue_depth"),
    gauge("api_circuit_breaker_state", "", &[]).with_states(&STATES),
    gauge(
        "tasker_circuit_breaker_state",
        "",
        &[closed("component", &["ffi_completion", "task_readiness", "pgmq"])],
    )
    .with_states(&STATES),
    counter("api_requests_rejected_total", "", &[open("endpoint")]),
    counter("ffi_completion_slow_sends_total", "", &[]),
    counter("ffi_completion_circuit_open_rejections_total", "", &[]),
    gauge("mpsc_channel_usage_percent", "%", &[closed("channel", &CHANNELS), open("component")]),
    gauge("mpsc_channel_capacity", "", &[closed("channel", &CHANNELS), open("component")]),
    counter(
        "mpsc_channel_full_events_total",
        "",
        &[closed("channel", &CHANNELS), open("component")],
    ),
    counter("tasker.sql.queries.total", "", &[]).scraped_as("tasker_sql_queries_total"),
    histogram("tasker.sql.query.duration", "", &[]).scraped_as("tasker_sql_query_duration"),
    gauge("tasker.db.pool.connections_active", "", &[])
        .scraped_as("tasker_db_pool_connections_active"),
    gauge("tasker.db.pool.connections_idle", "", &[]).scraped_as("tasker_db_pool_connections_idle"),
    histogram("tasker.db.pool.wait_duration", "", &[]).scraped_as("tasker_db_pool_wait_duration"),
    counter("tasker.db.transactions.total", "", &[]).scraped_as("tasker_db_transactions_total"),
    histogram("tasker.db.transaction.duration", "", &[])
        .scraped_as("tasker_db_transaction_duration"),
    counter("tasker.queue.messages_sent.total", "", &[])
        .scraped_as("tasker_queue_messages_sent_total"),
    counter("tasker.queue.messages_received.total", "", &[])
        .scraped_as("tasker_queue_messages_received_total"),
    counter("tasker.queue.messages_deleted.total", "", &[])
        .scraped_as("tasker_queue_messages_deleted_total"),
    histogram("tasker.queue.message_send.duration", "", &[])
        .scraped_as("tasker_queue_message_send_duration"),
    histogram("tasker.queue.message_receive.duration", "", &[])
        .scraped_as("tasker_queue_message_receive_duration"),
    gauge("tasker.queue.age_seconds", "", &[]).scraped_as("tasker_queue_age_seconds"),
    counter("tasker.queue.visibility_timeouts.total", "", &[])
        .scraped_as("tasker_queue_visibility_timeouts_total"),
    counter("tasker.queue.errors.total", "", &[]).scraped_as("tasker_queue_errors_total"),
    counter("tasker.queue.retry_attempts.total", "", &[])
        .scraped_as("tasker_queue_retry_attempts_total"),
];
