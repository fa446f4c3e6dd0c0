use std::{any::TypeId, fmt};

use crate::core::{
    descriptor::{JobDescriptor, LabelRef, MetricDescriptor},
    storage::DeclaredValues,
};

/// A handler, whose jobs are recorded in any set.
#[doc(hidden)]
pub trait RegisteredJob: fmt::Debug + Sync {
    /// The handler's descriptor.
    fn descriptor(&'static self) -> &'static JobDescriptor;

    /// Whether the handler's name is a label of all its jobs, so that another handler of that name
    /// shares its series.
    fn is_named(&'static self) -> bool;

    /// The type of the set that its jobs are recorded in.
    fn set(&self) -> TypeId;

    /// Calls `each` with the key and the value of every label that all its jobs have.
    fn each_label(&'static self, each: &mut dyn FnMut(&'static str, LabelRef<'_>));

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

/// The values of labels that the linked handlers of a set give to their jobs.
pub(super) fn declared_values<S: 'static>() -> DeclaredValues {
    let mut declared = DeclaredValues::default();
    for JobRegistration(job) in inventory::iter::<JobRegistration>() {
        if job.set() == TypeId::of::<S>() {
            job.each_label(&mut |key, value| declared.insert(key, value));
        }
    }
    declared
}

/// Lets the counters of every linked handler start at 0.
pub(crate) fn declare_handlers() {
    for JobRegistration(job) in inventory::iter::<JobRegistration>() {
        job.declare();
    }
}
