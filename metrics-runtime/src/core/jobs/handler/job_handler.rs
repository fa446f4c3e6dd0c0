use std::{
    any::TypeId,
    sync::atomic::{AtomicBool, Ordering},
};

use super::assertions::durations;
use crate::core::{
    descriptor::{JobDescriptor, LabelRef, LabelSet, MetricDescriptor},
    jobs::{
        events::JobEvent,
        guard::JobMetricSet,
        metrics::{JobLabels, JobMetrics},
    },
    registry::{JobRegistration, RegisteredJob, lost},
};

/// An annotated function, as the program registers it.
///
/// The type depends on no set, so that the compiler has little to check of each handler's static.
#[derive(Debug)]
pub(super) struct Handler {
    pub(super) descriptor: JobDescriptor,
    set: fn() -> TypeId,
    durations: fn() -> Option<&'static MetricDescriptor>,
    /// Whether the handler's name is the label of all its jobs.
    is_named: bool,
    /// Whether the end of its jobs needs the descriptor.
    is_needed_at_end: bool,
    /// Whether the handler was looked up among the registered handlers.
    registration_checked: AtomicBool,
}

impl Handler {
    /// A handler whose jobs are recorded in the set `S`.
    pub(super) const fn of<S: JobMetricSet>(descriptor: JobDescriptor, is_named: bool) -> Self {
        Self {
            descriptor,
            set: TypeId::of::<S>,
            durations: durations::<S>,
            is_named,
            is_needed_at_end: descriptor.slo.is_some() || descriptor.buckets.is_some(),
            registration_checked: AtomicBool::new(false),
        }
    }

    /// The descriptor, if the end of its jobs needs it.
    #[inline]
    pub(super) fn at_end(&'static self) -> Option<&'static JobDescriptor> {
        self.is_needed_at_end.then_some(&self.descriptor)
    }

    /// Notes a handler that is used and not registered, at its first use.
    #[inline]
    pub(super) fn check_registration(&self) {
        if !self.registration_checked.load(Ordering::Relaxed) {
            self.look_up_registration();
        }
    }

    #[cold]
    fn look_up_registration(&self) {
        let mut registered = inventory::iter::<JobRegistration>();
        if !self.registration_checked.swap(true, Ordering::Relaxed)
            // Compares descriptors, because a generic function may have several handlers.
            && !registered.any(|JobRegistration(job)| *job.descriptor() == self.descriptor)
        {
            lost::note(self.descriptor.name, self.descriptor.origin);
        }
    }

    /// The labels of all jobs. `None` if each job has labels of its own.
    fn labels(&'static self) -> Option<JobLabels> {
        self.is_named.then(|| JobLabels::of(&self.descriptor))
    }
}

impl RegisteredJob for Handler {
    fn descriptor(&'static self) -> &'static JobDescriptor {
        &self.descriptor
    }

    fn is_named(&'static self) -> bool {
        self.is_named
    }

    fn set(&self) -> TypeId {
        (self.set)()
    }

    fn each_label(&'static self, each: &mut dyn FnMut(&'static str, LabelRef<'_>)) {
        let Some(labels) = self.labels() else { return };
        let mut keys = JobLabels::LABELS.iter().map(|label| label.key);
        labels.visit(&mut |value| {
            if let Some(key) = keys.next() {
                each(key, value);
            }
        });
    }

    fn durations(&self) -> Option<&'static MetricDescriptor> {
        (self.durations)()
    }

    fn declare(&'static self) {
        let Some(labels) = self.labels() else { return };
        let (set, event) = (JobMetrics::global(), JobEvent::Declared(&self.descriptor));
        set.on_created(&labels, &event, None);
        set.on_started(&labels, &event, None);
        set.on_retried(&labels, &event, None);
        set.on_ended(&labels, &event, None);
        set.on_judged(&labels, &event, None);
    }
}
