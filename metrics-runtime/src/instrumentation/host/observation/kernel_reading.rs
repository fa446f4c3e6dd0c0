use std::sync::Arc;

use super::super::reading::Reading;
use crate::{roles::RoleObserver, sampling::SharedReading};

/// What the kernel reports, read once for a collection.
pub(super) type KernelReading = SharedReading<Arc<Reading>>;

/// Observes roles, each with what `report` finds in the reading.
macro_rules! observe_roles {
    ($roles:ident, $reading:ident; $($role:ident: $report:expr;)*) => {
        [$($roles.$role.observe($reading.observation($report))),*].into_iter().collect()
    };
}
pub(super) use observe_roles;

pub(super) fn observe_some<C>(observer: &mut RoleObserver<'_, C>, context: &C, value: Option<f64>) {
    if let Some(value) = value {
        observer.observe(context, value);
    }
}
