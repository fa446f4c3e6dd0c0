//! The beginning of the observation of a runtime.

use std::{borrow::Cow, time::Duration};

use tokio::runtime::{Handle, RuntimeMetrics};

use super::{RuntimeLabels, TokioRuntimeMetrics, TokioRuntimeRoles};
use crate::roles::{Items, Level, Observations, RecordRoles, Total};

/// Records the [`TokioRuntimeMetrics`] of a runtime until the returned value is dropped. The label
/// `runtime` has the runtime's own name; it is absent for a runtime without a name.
///
/// ```
/// use osapi_metrics::instrumentation::tokio_runtime;
/// use tokio::runtime::{Builder, Handle};
///
/// let runtime = Builder::new_current_thread().name("mail").build().unwrap();
/// let observations = tokio_runtime::observe(runtime.handle());
/// # drop(observations);
/// ```
pub fn observe(handle: &Handle) -> Observations {
    let name = handle.name().map(|name| Cow::Owned(name.to_owned()));
    observe_in::<TokioRuntimeMetrics>(handle, &RuntimeLabels { runtime: name })
}

/// Records the [`TokioRuntimeMetrics`] of a runtime with this name as the label `runtime`. An empty
/// name is equal to no name.
///
/// ```
/// use osapi_metrics::instrumentation::tokio_runtime;
///
/// let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// let observations = tokio_runtime::observe_named(runtime.handle(), "mail");
/// # drop(observations);
/// ```
pub fn observe_named(handle: &Handle, name: impl Into<Cow<'static, str>>) -> Observations {
    let name = Some(name.into()).filter(|name| !name.is_empty());
    observe_in::<TokioRuntimeMetrics>(handle, &RuntimeLabels { runtime: name })
}

/// Records a runtime in a set of your own, which has `roles(of = TokioRuntimeRoles)`. The labels
/// are those of `roles(…, labels = …)`, `()` without them. The
/// [module](super#names-of-your-own) has an example.
pub fn observe_in<S: RecordRoles<TokioRuntimeRoles>>(
    handle: &Handle,
    labels: &S::Labels,
) -> Observations {
    let roles = S::global().roles(labels);
    let metrics = handle.metrics();
    let busy = metrics.clone();
    let busy_time = roles.busy_time.observe(move |observer| {
        let busy: Duration =
            workers(&busy).map(|worker| busy.worker_total_busy_duration(worker)).sum();
        observer.observe(&(), busy.as_secs_f64());
    });
    let mut observations: Observations = [
        busy_time,
        level(&roles.workers, &metrics, RuntimeMetrics::num_workers),
        level(&roles.alive_tasks, &metrics, RuntimeMetrics::num_alive_tasks),
        level(&roles.global_queue_depth, &metrics, RuntimeMetrics::global_queue_depth),
        total(&roles.parks, &metrics, |metrics| {
            workers(metrics).map(|worker| metrics.worker_park_count(worker)).sum()
        }),
    ]
    .into_iter()
    .collect();
    observations.extend(unstable(&roles, &metrics));
    observations
}

/// Observes what tokio reports with `tokio_unstable` only.
#[cfg(tokio_unstable)]
fn unstable(roles: &TokioRuntimeRoles, metrics: &RuntimeMetrics) -> [Observations; 8] {
    [
        level(&roles.blocking_threads, metrics, RuntimeMetrics::num_blocking_threads),
        level(&roles.idle_blocking_threads, metrics, RuntimeMetrics::num_idle_blocking_threads),
        level(&roles.blocking_queue_depth, metrics, RuntimeMetrics::blocking_queue_depth),
        level(&roles.local_queue_depth, metrics, |metrics| {
            workers(metrics).map(|worker| metrics.worker_local_queue_depth(worker)).sum()
        }),
        total(&roles.spawned_tasks, metrics, RuntimeMetrics::spawned_tasks_count),
        total(&roles.polls, metrics, |metrics| {
            workers(metrics).map(|worker| metrics.worker_poll_count(worker)).sum()
        }),
        total(&roles.steals, metrics, |metrics| {
            workers(metrics).map(|worker| metrics.worker_steal_count(worker)).sum()
        }),
        total(&roles.budget_forced_yields, metrics, RuntimeMetrics::budget_forced_yield_count),
    ]
}

#[cfg(not(tokio_unstable))]
fn unstable(_: &TokioRuntimeRoles, _: &RuntimeMetrics) -> [Observations; 0] {
    []
}

fn workers(metrics: &RuntimeMetrics) -> std::ops::Range<usize> {
    0..metrics.num_workers()
}

fn level(
    role: &Level<Items>,
    metrics: &RuntimeMetrics,
    read: fn(&RuntimeMetrics) -> usize,
) -> Observations {
    let metrics = metrics.clone();
    role.observe(move |observer| observer.observe(&(), read(&metrics) as f64))
}

fn total(
    role: &Total<Items>,
    metrics: &RuntimeMetrics,
    read: fn(&RuntimeMetrics) -> u64,
) -> Observations {
    let metrics = metrics.clone();
    role.observe(move |observer| observer.observe(&(), read(&metrics) as f64))
}
