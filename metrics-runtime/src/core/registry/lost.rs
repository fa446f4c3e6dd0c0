//! Registrations that the linker has dropped.
//!
//! Sets and handlers register themselves by code that runs before `main` and that no other code
//! calls. A linker that leaves this code out, or takes single objects out of an archive, leaves
//! metrics behind that are not exported. Such a set or handler is noticed when it is used.

use std::{any, fmt, sync::Mutex};

use super::{metric_set::MetricSet, registration::SetRegistration};
use crate::core::{
    descriptor::{MetricDescriptor, Origin},
    sync::lock,
};

/// A set or a handler that is used, but whose registration the linker has dropped.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LostRegistration {
    /// The name of the set's type, or of the handler's jobs.
    pub name: &'static str,
    /// The source location of the declaration.
    pub origin: Origin,
}

static LOST: Mutex<Vec<LostRegistration>> = Mutex::new(Vec::new());

/// Notes the set, at its first use, if its registration is lost.
pub(super) fn note_unless_registered<S: MetricSet>() {
    let Some(metric) = S::DESCRIPTORS.first() else { return };
    // Compared by the declaration, because a library that is loaded twice has two instances.
    let is_same =
        |other: &MetricDescriptor| other.name == metric.name && other.origin == metric.origin;
    let mut registered = inventory::iter::<SetRegistration>();
    if !registered.any(|set| set.descriptors.first().is_some_and(is_same)) {
        note(name_of::<S>(), metric.origin);
    }
}

/// The name of a type, without its module.
fn name_of<S>() -> &'static str {
    let path = any::type_name::<S>();
    path.rsplit_once("::").map_or(path, |(_, name)| name)
}

/// Notes a lost registration, at its first use.
#[cold]
pub(crate) fn note(name: &'static str, origin: Origin) {
    lock(&LOST).push(LostRegistration { name, origin });
    tracing::error!(
        name,
        declared_at = %origin,
        "the linker has dropped this registration; its metrics are not exported as they should be"
    );
}

/// The lost registrations that are known by now.
pub(crate) fn known() -> Vec<LostRegistration> {
    lock(&LOST).clone()
}

/// The number of lost registrations that are known by now.
pub(crate) fn count() -> u64 {
    lock(&LOST).len() as u64
}

impl fmt::Display for LostRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}", self.name, self.origin)
    }
}
