//! Roles: what an instrumentation measures, and the instruments of a set that record it.
//!
//! ```text
//! instrumentation ──► its struct of roles ──► Count, Distribution, … ──► series
//!                     sent, depth, …          one closure for each       of the set that
//!                                             metric with `on = sent`    names the metrics
//! ```

mod bind;
mod dimension;
mod labels;
mod record;
mod role;

pub use bind::{Binding, RecordsRole, bind_role};
pub use dimension::{Bytes, Dimension, Items, Ratio, Seconds};
pub use labels::{FromObserved, NoRoleLabels, RoleLabels};
pub use record::{RecordRoles, assert_role_unit};
pub use role::{
    Active, ActiveGuard, Count, Distribution, Level, Observations, Role, RoleObserver, Total,
};
