//! The metrics of tasker, as its list has them.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics_tests::otlp_receiver::{Labels, Value};

/// A metric of the list.
pub(crate) struct Metric {
    /// The name over OTLP.
    pub(super) name: &'static str,
    /// The name in a scrape, of a histogram without the suffixes of its samples.
    pub(crate) scraped: &'static str,
    pub(crate) kind: Type,
    /// The unit; empty where the list has none.
    pub(super) unit: &'static str,
    labels: &'static [Label],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    Counter,
    Histogram,
    Gauge,
}

/// A label, and what its values can be.
#[derive(Clone, Copy)]
struct Label {
    key: &'static str,
    /// Empty for a label with open values.
    values: &'static [&'static str],
    /// Whether each of the values has to occur.
    all: bool,
    /// Whether a series can lack the label.
    optional: bool,
}

const fn open(key: &'static str) -> Label {
    Label { key, values: &[], all: false, optional: false }
}

const fn some_of(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, values, all: false, optional: false }
}

const fn all_of(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, values, all: true, optional: false }
}

const fn optional(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, values, all: true, optional: true }
}

macro_rules! constructors {
    ($($function:ident: $kind:ident;)*) => {$(
        const fn $function(
            name: &'static str,
            scraped: &'static str,
            unit: &'static str,
            labels: &'static [Label],
        ) -> Metric {
            Metric { name, scraped, kind: Type::$kind, unit, labels }
        }
    )*};
}
constructors! { counter: Counter; histogram: Histogram; gauge: Gauge; }

const CORRELATION_ID: Label = open("correlation_id");
const NAMESPACE: Label = open("namespace");
const RESULTS: [&str; 5] = ["success", "error", "timeout", "cancelled", "skipped"];
const ERRORS: [&str; 4] =
    ["claim_failed", "database_error", "step_not_found", "message_deletion_failed"];
const CHANNELS: [&str; 2] = ["orchestration_command", "pgmq_notifications"];
const STATES: [&str; 10] = [
    "pending",
    "initializing",
    "enqueuing_steps",
    "steps_in_process",
    "evaluating_results",
    "waiting_for_retry",
    "blocked_by_failures",
    "complete",
    "error",
    "cancelled",
];

/// The whole list.
pub(crate) const METRICS: &[Metric] = &[
    counter(
        "tasker.tasks.requests.total",
        "tasker_tasks_requests_total",
        "",
        &[CORRELATION_ID, open("task_type"), NAMESPACE],
    ),
    counter(
        "tasker.tasks.completions.total",
        "tasker_tasks_completions_total",
        "",
        &[CORRELATION_ID],
    ),
    counter("tasker.tasks.failures.total", "tasker_tasks_failures_total", "", &[CORRELATION_ID]),
    counter(
        "tasker.steps.enqueued.total",
        "tasker_steps_enqueued_total",
        "",
        &[CORRELATION_ID, NAMESPACE, open("step_name")],
    ),
    counter(
        "tasker.step_results.processed.total",
        "tasker_step_results_processed_total",
        "",
        &[CORRELATION_ID, all_of("result_type", &RESULTS)],
    ),
    histogram(
        "tasker.task.initialization.duration",
        "tasker_task_initialization_duration_milliseconds",
        "ms",
        &[CORRELATION_ID, open("task_type")],
    ),
    histogram(
        "tasker.task.finalization.duration",
        "tasker_task_finalization_duration_milliseconds",
        "ms",
        &[CORRELATION_ID, all_of("final_state", &["complete", "error", "cancelled"])],
    ),
    histogram(
        "tasker.step_result.processing.duration",
        "tasker_step_result_processing_duration_milliseconds",
        "ms",
        &[CORRELATION_ID, all_of("result_type", &RESULTS)],
    ),
    gauge("tasker.tasks.active", "tasker_tasks_active", "", &[some_of("state", &STATES)]),
    gauge("tasker.steps.ready", "tasker_steps_ready", "", &[NAMESPACE]),
    counter(
        "tasker.steps.executions.total",
        "tasker_steps_executions_total",
        "",
        &[CORRELATION_ID],
    ),
    counter(
        "tasker.steps.successes.total",
        "tasker_steps_successes_total",
        "",
        &[CORRELATION_ID, NAMESPACE],
    ),
    counter(
        "tasker.steps.failures.total",
        "tasker_steps_failures_total",
        "",
        &[CORRELATION_ID, NAMESPACE, optional("error_type", &ERRORS)],
    ),
    counter(
        "tasker.steps.claimed.total",
        "tasker_steps_claimed_total",
        "",
        &[NAMESPACE, all_of("claim_method", &["event", "poll"])],
    ),
    counter(
        "tasker.steps.results_submitted.total",
        "tasker_steps_results_submitted_total",
        "",
        &[CORRELATION_ID, all_of("result_type", &["completion"])],
    ),
    histogram(
        "tasker.step.execution.duration",
        "tasker_step_execution_duration_milliseconds",
        "ms",
        &[CORRELATION_ID, NAMESPACE, all_of("result", &["success", "error"])],
    ),
    histogram(
        "tasker.step.claim.duration",
        "tasker_step_claim_duration_milliseconds",
        "ms",
        &[NAMESPACE, all_of("claim_method", &["event", "poll"])],
    ),
    histogram(
        "tasker.step_result.submission.duration",
        "tasker_step_result_submission_duration_milliseconds",
        "ms",
        &[CORRELATION_ID, all_of("result_type", &["completion"])],
    ),
    gauge(
        "tasker.steps.active_executions",
        "tasker_steps_active_executions",
        "",
        &[NAMESPACE, all_of("handler_type", &["rust", "ruby"])],
    ),
    gauge("tasker.queue.depth", "tasker_queue_depth", "", &[NAMESPACE]),
    gauge("api_circuit_breaker_state", "api_circuit_breaker_state", "", &[]),
    gauge(
        "tasker_circuit_breaker_state",
        "tasker_circuit_breaker_state",
        "",
        &[all_of("component", &["ffi_completion", "task_readiness", "pgmq"])],
    ),
    counter("api_requests_rejected_total", "api_requests_rejected_total", "", &[open("endpoint")]),
    counter("ffi_completion_slow_sends_total", "ffi_completion_slow_sends_total", "", &[]),
    counter(
        "ffi_completion_circuit_open_rejections_total",
        "ffi_completion_circuit_open_rejections_total",
        "",
        &[],
    ),
    gauge(
        "mpsc_channel_usage_percent",
        "mpsc_channel_usage_percent",
        "%",
        &[all_of("channel", &CHANNELS), open("component")],
    ),
    gauge(
        "mpsc_channel_capacity",
        "mpsc_channel_capacity",
        "",
        &[all_of("channel", &CHANNELS), open("component")],
    ),
    counter(
        "mpsc_channel_full_events_total",
        "mpsc_channel_full_events_total",
        "",
        &[some_of("channel", &CHANNELS), open("component")],
    ),
    counter("tasker.sql.queries.total", "tasker_sql_queries_total", "", &[]),
    histogram("tasker.sql.query.duration", "tasker_sql_query_duration", "", &[]),
    gauge("tasker.db.pool.connections_active", "tasker_db_pool_connections_active", "", &[]),
    gauge("tasker.db.pool.connections_idle", "tasker_db_pool_connections_idle", "", &[]),
    histogram("tasker.db.pool.wait_duration", "tasker_db_pool_wait_duration", "", &[]),
    counter("tasker.db.transactions.total", "tasker_db_transactions_total", "", &[]),
    histogram("tasker.db.transaction.duration", "tasker_db_transaction_duration", "", &[]),
    counter("tasker.queue.messages_sent.total", "tasker_queue_messages_sent_total", "", &[]),
    counter(
        "tasker.queue.messages_received.total",
        "tasker_queue_messages_received_total",
        "",
        &[],
    ),
    counter("tasker.queue.messages_deleted.total", "tasker_queue_messages_deleted_total", "", &[]),
    histogram("tasker.queue.message_send.duration", "tasker_queue_message_send_duration", "", &[]),
    histogram(
        "tasker.queue.message_receive.duration",
        "tasker_queue_message_receive_duration",
        "",
        &[],
    ),
    gauge("tasker.queue.age_seconds", "tasker_queue_age_seconds", "", &[]),
    counter(
        "tasker.queue.visibility_timeouts.total",
        "tasker_queue_visibility_timeouts_total",
        "",
        &[],
    ),
    counter("tasker.queue.errors.total", "tasker_queue_errors_total", "", &[]),
    counter("tasker.queue.retry_attempts.total", "tasker_queue_retry_attempts_total", "", &[]),
];

impl Metric {
    /// Whether there are series, and each value that has to occur is there.
    pub(super) fn is_whole(&self, series: &BTreeMap<Labels, Value>) -> bool {
        let has_all = |label: &Label| {
            !label.all || label.values.iter().all(|value| values(series, label.key).contains(value))
        };
        !series.is_empty() && self.labels.iter().all(has_all)
    }

    /// Checks that the series have the labels of the list, with values of the list.
    pub(super) fn check(&self, series: &BTreeMap<Labels, Value>) {
        assert!(!series.is_empty(), "{} has no series", self.name);
        for labels in series.keys() {
            let known = |key: &String| self.labels.iter().any(|label| label.key == key);
            assert!(labels.keys().all(known), "{} has {labels:?}", self.name);
            for label in self.labels.iter().filter(|label| !label.optional) {
                assert!(labels.contains_key(label.key), "{} has {labels:?}", self.name);
            }
        }
        for label in self.labels.iter().filter(|label| !label.values.is_empty()) {
            let (found, listed) = (values(series, label.key), label.values.iter().copied());
            if label.all {
                assert_eq!(found, listed.collect(), "{} by {}", self.name, label.key);
            } else {
                let listed: BTreeSet<_> = listed.collect();
                assert!(found.is_subset(&listed), "{} by {}: {found:?}", self.name, label.key);
            }
        }
    }
}

/// The values of a label.
fn values<'a>(series: &'a BTreeMap<Labels, Value>, key: &str) -> BTreeSet<&'a str> {
    series.keys().filter_map(|labels| labels.get(key)).map(String::as_str).collect()
}

#[test]
fn the_list_has_each_metric_once() {
    let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    let scraped: BTreeSet<_> = METRICS.iter().map(|metric| metric.scraped).collect();
    assert_eq!((names.len(), scraped.len(), METRICS.len()), (44, 44, 44));
}
