//! The metric set and its labels, declared as in any other crate.

use std::borrow::Cow;

use super::TokioRuntimeRoles;
use crate::{LabelSet, MetricSet, ObservableCounter, ObservableUpDownCounter};

/// The runtimes of tokio that this process observes.
///
/// | metric | meaning |
/// |---|---|
/// | `osapi_tokio_workers` | threads that run tasks |
/// | `osapi_tokio_alive_tasks` | tasks that were spawned and have not ended |
/// | `osapi_tokio_global_queue_depth` | tasks that are ready and in the queue of all workers |
/// | `osapi_tokio_busy_seconds_total` | time that the workers were busy, summed up |
/// | `osapi_tokio_parks_total` | times that a worker has parked |
///
/// With `tokio_unstable`:
///
/// | metric | meaning |
/// |---|---|
/// | `osapi_tokio_blocking_threads` | threads for blocking code |
/// | `osapi_tokio_idle_blocking_threads` | such threads that have nothing to do |
/// | `osapi_tokio_blocking_queue_depth` | blocking code that waits for a thread |
/// | `osapi_tokio_local_queue_depth` | tasks that are ready and in the queues of single workers |
/// | `osapi_tokio_spawned_tasks_total` | tasks that were spawned |
/// | `osapi_tokio_polls_total` | polls of tasks |
/// | `osapi_tokio_steals_total` | tasks that a worker has taken from another worker |
/// | `osapi_tokio_budget_forced_yields_total` | times that a task had to yield |
///
/// All metrics have the label `runtime`: the name of the runtime, absent without one. Names beyond
/// 100 share the overflow series.
///
/// OpenTelemetry's semantic conventions have no names for tokio.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "osapi_tokio",
    roles(of = TokioRuntimeRoles, labels = RuntimeLabels),
    crate = "crate"
)]
pub struct TokioRuntimeMetrics {
    /// Threads of the tokio runtime that run tasks.
    #[metric(unit = "{thread}", on = workers)]
    workers: ObservableUpDownCounter<RuntimeLabels>,

    /// Tasks of the tokio runtime that were spawned and have not ended.
    #[metric(unit = "{task}", on = alive_tasks)]
    alive_tasks: ObservableUpDownCounter<RuntimeLabels>,

    /// Tasks that are ready and in the queue of all workers of the tokio runtime.
    #[metric(unit = "{task}", on = global_queue_depth)]
    global_queue_depth: ObservableUpDownCounter<RuntimeLabels>,

    /// Time that the workers of the tokio runtime were busy, summed up.
    #[metric(unit = "s", on = busy_time)]
    busy_seconds_total: ObservableCounter<RuntimeLabels, f64>,

    /// Times that a worker of the tokio runtime has parked.
    #[metric(unit = "{park}", on = parks)]
    parks_total: ObservableCounter<RuntimeLabels>,

    /// Threads of the tokio runtime for blocking code.
    #[metric(
        unit = "{thread}",
        on = blocking_threads,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    blocking_threads: ObservableUpDownCounter<RuntimeLabels>,

    /// Threads of the tokio runtime for blocking code that have nothing to do.
    #[metric(
        unit = "{thread}",
        on = idle_blocking_threads,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    idle_blocking_threads: ObservableUpDownCounter<RuntimeLabels>,

    /// Blocking code that waits for a thread of the tokio runtime.
    #[metric(
        unit = "{task}",
        on = blocking_queue_depth,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    blocking_queue_depth: ObservableUpDownCounter<RuntimeLabels>,

    /// Tasks that are ready and in the queues of single workers of the tokio runtime.
    #[metric(
        unit = "{task}",
        on = local_queue_depth,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    local_queue_depth: ObservableUpDownCounter<RuntimeLabels>,

    /// Tasks that were spawned in the tokio runtime.
    #[metric(
        unit = "{task}",
        on = spawned_tasks,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    spawned_tasks_total: ObservableCounter<RuntimeLabels>,

    /// Polls of tasks in the tokio runtime.
    #[metric(
        unit = "{poll}",
        on = polls,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    polls_total: ObservableCounter<RuntimeLabels>,

    /// Tasks that a worker of the tokio runtime has taken from the queue of another worker.
    #[metric(
        unit = "{task}",
        on = steals,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    steals_total: ObservableCounter<RuntimeLabels>,

    /// Times that a task of the tokio runtime had to yield because it had used its budget.
    #[metric(
        unit = "{yield}",
        on = budget_forced_yields,
        absent_until = "the program is built with `--cfg tokio_unstable`",
    )]
    budget_forced_yields_total: ObservableCounter<RuntimeLabels>,
}

/// The labels of [`TokioRuntimeMetrics`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, LabelSet)]
#[label(crate = "crate")]
pub struct RuntimeLabels {
    /// The name of the runtime.
    #[label(max = 100)]
    pub runtime: Option<Cow<'static, str>>,
}
