//! The sets and handlers that are linked into the program, and the one instance of each set.

pub(crate) mod capture;
mod handlers;
mod instance;
pub(crate) mod lost;
mod metric_group;
mod metric_set;
mod registration;
mod scoped_instances;
mod scoped_set;
mod scopes;
mod set_instance;

pub use osapi_metrics_macros::MetricSet;

pub use handlers::JobRegistration;
pub use lost::LostRegistration;
pub use metric_group::MetricGroup;
pub use metric_set::MetricSet;
pub use registration::SetRegistration;
pub use scoped_instances::ScopedInstances;
pub use scoped_set::ScopedSet;
pub use set_instance::SetInstance;

pub(crate) use handlers::{RegisteredJob, declare_handlers};
pub(crate) use registration::{RegisteredSet, displace, instruments, shipped_in};
