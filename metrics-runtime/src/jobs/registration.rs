use std::fmt;

use super::{JobEvent, JobSet};

/// A handler as it registers itself at link time.
#[doc(hidden)]
pub struct JobRegistration {
    /// Makes its counters start at 0.
    pub declare: fn(),
}

inventory::collect!(JobRegistration);

impl JobRegistration {
    /// The counters of these labels exist, at 0.
    pub fn declare<S: JobSet>(labels: &S::Labels) {
        S::global().on_event(labels, &JobEvent::Declared, None);
    }
}

/// Lets the counters of every linked handler start at 0.
pub(crate) fn declare_registered() {
    for registration in inventory::iter::<JobRegistration>() {
        (registration.declare)();
    }
}

impl fmt::Debug for JobRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobRegistration").finish_non_exhaustive()
    }
}
