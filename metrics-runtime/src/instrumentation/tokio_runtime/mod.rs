//! The runtimes of tokio: workers, tasks, queues.
//!
//! One line is enough; [`TokioRuntimeMetrics`] lists the metrics:
//!
//! ```
//! use osapi_metrics::instrumentation::tokio_runtime;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! tokio_runtime::observe(&tokio::runtime::Handle::current()).keep();
//! # });
//! ```
//!
//! All values are read from [`RuntimeMetrics`](tokio::runtime::RuntimeMetrics) when metrics are
//! collected. Tasks have no additional cost.
//!
//! # How busy the workers are
//!
//! Tokio reports the time that its workers were busy, which `osapi_tokio_busy_seconds_total` shows.
//! The share of the workers' time in which they were busy is a query:
//!
//! ```text
//! sum without (instance) (rate(osapi_tokio_busy_seconds_total[5m]))
//!     / sum without (instance) (osapi_tokio_workers)
//! ```
//!
//! There is no gauge for it, because a share needs a period. The period since the last collection
//! would be a different one for each exporter, would have no length for two scrapes at once, and
//! would miss what happened in a scrape that failed. The query has its period from the reader, and
//! from the same counter for each of them.
//!
//! A worker that waits in a blocking call is busy. It reports its time when it comes back to the
//! scheduler, so that a task that does not yield shows late.
//!
//! # Several runtimes
//!
//! The label `runtime` has the name that [`Builder::name`](tokio::runtime::Builder::name) gave to
//! the runtime, or the name of [`observe_named`]. It is absent for a runtime without a name. Give
//! each runtime a name of its own: runtimes that share a name are added up, and their counters
//! begin anew when the observation of one ends.
//!
//! # The end of a runtime
//!
//! An observation has a handle of its runtime. The handle keeps neither the runtime nor its tasks
//! alive, but their memory, and the file descriptors of the I/O driver, until the observation is
//! dropped. Tokio does not report that a runtime has ended: the number of workers stays, and all
//! counts stand still. Drop the observations with the runtime.
//!
//! # Metrics that tokio calls unstable
//!
//! The second half of the metrics is there in programs that are compiled with
//! `RUSTFLAGS="--cfg tokio_unstable"`. In others they are declared and absent.
//!
//! # Names of your own
//!
//! A set of the service names the [`TokioRuntimeRoles`] that it shows:
//!
//! ```
//! use osapi_metrics::{
//!     MetricSet, ObservableCounter, ObservableUpDownCounter,
//!     instrumentation::tokio_runtime::{self, TokioRuntimeRoles},
//! };
//!
//! /// The runtime of the service.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = TokioRuntimeRoles))]
//! struct ShopRuntime {
//!     /// Tasks that have begun and not ended.
//!     #[metric(unit = "{task}", on = alive_tasks)]
//!     tasks: ObservableUpDownCounter,
//!     /// Time that workers were busy.
//!     #[metric(unit = "s", on = busy_time)]
//!     busy_seconds_total: ObservableCounter<(), f64>,
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let handle = tokio::runtime::Handle::current();
//! tokio_runtime::observe_in::<ShopRuntime>(&handle, &()).keep();
//! # });
//! ```

mod metrics;
mod observe;
mod roles;

pub use {
    metrics::{RuntimeLabels, TokioRuntimeMetrics},
    observe::{observe, observe_in, observe_named},
    roles::TokioRuntimeRoles,
};
