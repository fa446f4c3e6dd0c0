use std::sync::{Arc, Mutex, PoisonError};

use super::{
    super::{HostError, HostRoles, Kernel, needs::Needs, settings::Settings},
    cpu, devices, filesystems, memory,
};
use crate::{roles::Observations, sampling::SharedReading};

/// Observes all roles. `roles` makes the roles anew, because several sources count their errors.
pub(crate) fn observe_host(
    settings: &Settings,
    roles: &dyn Fn() -> HostRoles,
) -> Result<Observations, HostError> {
    let errors = || roles().reading_errors;
    let roles = roles();
    let kernel = Kernel::open(settings, Needs::of(&roles), errors())?;
    let mut observations = filesystems::observe(settings, &roles, &errors)?;
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
