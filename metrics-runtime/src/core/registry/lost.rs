//! Registrations that the linker has dropped.
//!
//! Sets and handlers register themselves by code that runs before `main` and that nothing calls. A
//! linker that leaves it out, or takes single objects out of an archive, leaves metrics behind which
//! nobody exports. Whoever uses one of those is what can be known of it.

use std::{fmt, sync::Mutex};

use crate::core::{descriptor::Origin, sync::lock};

/// A set or a handler that is used but not registered.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LostRegistration {
    /// The name of the set's type, or of the handler's jobs.
    pub name: &'static str,
    /// Where it stands.
    pub origin: Origin,
}

static LOST: Mutex<Vec<LostRegistration>> = Mutex::new(Vec::new());

/// Notes one, when it is first used.
#[cold]
pub(crate) fn note(name: &'static str, origin: Origin) {
    lock(&LOST).push(LostRegistration { name, origin });
    tracing::error!(
        name,
        declared_at = %origin,
        "the linker has dropped this registration; its metrics are not exported as they should be"
    );
}

/// Those that are known by now.
pub(crate) fn known() -> Vec<LostRegistration> {
    lock(&LOST).clone()
}

/// How many they are.
pub(crate) fn count() -> u64 {
    lock(&LOST).len() as u64
}

impl fmt::Display for LostRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}", self.name, self.origin)
    }
}
