//! The beginning of the observation of the host.

mod cpu;
mod devices;
mod filesystems;
mod memory;

use std::sync::{Arc, Mutex, PoisonError};

use super::{HostError, HostOptions, HostRoles, Kernel, needs::Needs, reading::Reading};
use crate::{
    roles::{Observations, RecordRoles, RoleObserver},
    sampling::SharedReading,
};

/// Records the [`HostMetrics`](super::HostMetrics) until the returned value is dropped.
///
/// Observe the host once: the counters of two observations are added up.
///
/// # Errors
///
/// If `/proc` cannot be read, the system gives no thread, or is not Linux.
///
/// ```
/// use osapi_metrics::instrumentation::host::{self, HostError};
///
/// match host::observe() {
///     Ok(observations) => observations.keep(),
///     Err(HostError::Unsupported) => println!("metrics of the host are missing here"),
///     Err(error) => eprintln!("metrics of the host are missing: {error}"),
/// }
/// ```
pub fn observe() -> Result<Observations, HostError> {
    HostOptions::new().observe()
}

/// Records the host in a set of your own, which has `roles(of = HostRoles)`. The labels are those
/// of `roles(…, labels = …)`, and `()` without them.
///
/// # Errors
///
/// If `/proc` cannot be read, the system gives no thread, or is not Linux.
///
/// ```
/// use osapi_metrics::{
///     MetricSet, ObservableGauge,
///     instrumentation::host::{self, HostRoles},
/// };
///
/// /// The machine of the service.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "shop", roles(of = HostRoles))]
/// struct ShopHost {
///     /// The share of processor time that is in use.
///     #[metric(unit = "1", on = cpu_busy)]
///     cpu_busy_ratio: ObservableGauge,
/// }
///
/// # #[cfg(target_os = "linux")]
/// host::observe_in::<ShopHost>(&())?.keep();
/// # Ok::<(), host::HostError>(())
/// ```
pub fn observe_in<S: RecordRoles<HostRoles>>(
    labels: &S::Labels,
) -> Result<Observations, HostError> {
    HostOptions::new().observe_in::<S>(labels)
}

/// What the kernel reports, read once for a collection.
type KernelReading = SharedReading<Arc<Reading>>;

/// `roles` makes the roles anew, because several sources count their errors.
pub(super) fn observe_host(
    options: &HostOptions,
    roles: &dyn Fn() -> HostRoles,
) -> Result<Observations, HostError> {
    let errors = || roles().reading_errors;
    let roles = roles();
    let kernel = Kernel::open(options, Needs::of(&roles), errors())?;
    let mut observations = filesystems::observe(options, &roles, &errors)?;
    let kernel = Mutex::new(kernel);
    let kernel = SharedReading::new(move || {
        Arc::new(kernel.lock().unwrap_or_else(PoisonError::into_inner).read())
    });
    observations.extend([
        cpu::observe(&roles, &kernel),
        memory::observe(&roles, &kernel),
        devices::observe_disks(&roles, &kernel),
        devices::observe_interfaces(&roles, &kernel),
    ]);
    Ok(observations)
}

/// Observes roles, each with what `report` finds in the reading.
macro_rules! observe_roles {
    ($roles:ident, $reading:ident; $($role:ident: $report:expr;)*) => {
        [$($roles.$role.observe($reading.observation($report))),*].into_iter().collect()
    };
}
use observe_roles;

fn observe_some<C>(observer: &mut RoleObserver<'_, C>, context: &C, value: Option<f64>) {
    if let Some(value) = value {
        observer.observe(context, value);
    }
}
