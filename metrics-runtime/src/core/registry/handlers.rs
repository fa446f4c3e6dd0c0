use std::fmt;

use crate::core::descriptor::{JobDescriptor, MetricDescriptor};

/// A handler, whose jobs are recorded in any set.
#[doc(hidden)]
pub trait RegisteredJob: fmt::Debug + Sync {
    /// The handler's descriptor.
    fn descriptor(&'static self) -> &'static JobDescriptor;

    /// Whether the handler's name is a label of all its jobs, so that another handler of that name
    /// shares its series.
    fn is_named(&'static self) -> bool;

    /// The histogram that the durations of its jobs are recorded in.
    fn durations(&self) -> Option<&'static MetricDescriptor>;

    /// Lets its counters start at 0.
    fn declare(&'static self);
}

/// The registration of a handler at link time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct JobRegistration(pub &'static dyn RegisteredJob);

inventory::collect!(JobRegistration);

/// Lets the counters of every linked handler start at 0.
pub(crate) fn declare_handlers() {
    for JobRegistration(job) in inventory::iter::<JobRegistration>() {
        job.declare();
    }
}
