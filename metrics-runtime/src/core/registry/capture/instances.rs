use std::any::Any;

use crate::core::instruments::RegisteredInstrument;

/// What a capture has of a set: its only instance, or those of a scope.
#[cfg_attr(not(feature = "testing"), allow(dead_code, reason = "only captures read them"))]
pub(crate) trait CapturedInstances: Any + Sync {
    /// In the order of the fields.
    fn instruments(&self) -> &[&'static dyn RegisteredInstrument];
}
