use std::{any::TypeId, fmt, sync::OnceLock};

use super::handlers::JobRegistration;
use crate::core::{
    descriptor::{EventBinding, MetricDescriptor},
    instruments::RegisteredInstrument,
};

/// The registration of a set at link time.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SetRegistration {
    /// The type's name.
    pub name: &'static str,
    /// The first paragraph of the type's doc comment, on one line; empty if there is none.
    pub help: &'static str,
    /// The rest of the doc comment, as Markdown; empty if there is none.
    pub details: &'static str,
    /// The address of the page that says what to do about alerts of the metrics.
    pub runbook: Option<&'static str>,
    /// The metrics of the set.
    pub descriptors: &'static [MetricDescriptor],
    /// Holds the set's one instance.
    pub instance: &'static dyn RegisteredSet,
    /// The events of jobs that the metrics record.
    pub events: &'static [EventBinding],
    /// Returns the path of the struct of roles that the set records.
    pub roles: Option<fn() -> &'static str>,
}

impl SetRegistration {
    /// A set without an instance, help and runbook.
    #[cfg(test)]
    pub(crate) const fn of_descriptors(
        name: &'static str,
        descriptors: &'static [MetricDescriptor],
        roles: Option<fn() -> &'static str>,
    ) -> Self {
        struct NoInstance;

        impl RegisteredSet for NoInstance {
            fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument] {
                &[]
            }

            fn is_used(&'static self) -> bool {
                true
            }

            fn set_type(&self) -> TypeId {
                TypeId::of::<Self>()
            }
        }
        let (help, runbook, instance, events) = ("", None, &NoInstance, &[]);
        Self { name, help, details: "", runbook, descriptors, instance, events, roles }
    }

    /// Whether the set comes with an instrumentation: it records roles of its own crate.
    pub(crate) fn is_of_instrumentation(&self) -> bool {
        let (Some(roles), Some(metric)) = (self.roles, self.descriptors.first()) else {
            return false;
        };
        crate_of(roles()) == crate_of(metric.origin.module)
    }

    /// Whether the set comes with the framework or with an instrumentation, and is linked in also
    /// where nobody uses it. The metrics about metrics are used in every program.
    fn is_shipped(&self) -> bool {
        let is_of_framework = |metric: &MetricDescriptor| {
            let module = metric.origin.module;
            crate_of(module) == crate_of(module_path!()) && !module.starts_with(SELF_METRICS)
        };
        self.is_of_instrumentation() || self.descriptors.first().is_some_and(is_of_framework)
    }

    /// Whether the program has the set: a shipped one is used, or handlers record in it.
    pub(crate) fn is_in_use(&self) -> bool {
        let has_handler = || {
            let set = self.instance.set_type();
            inventory::iter::<JobRegistration>().any(|JobRegistration(job)| job.set() == set)
        };
        !self.is_shipped() || self.instance.is_used() || has_handler()
    }
}

/// The module of the metrics about metrics.
const SELF_METRICS: &str = "osapi_metrics::core::self_metrics";

/// The first part of a path.
fn crate_of(path: &str) -> &str {
    path.split_once("::").map_or(path, |(name, _)| name)
}

inventory::collect!(SetRegistration);

/// A set of any type.
#[doc(hidden)]
pub trait RegisteredSet: Sync {
    /// The instruments of the instance that is exported, in the order of the fields.
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument];

    /// Whether code of the program has asked for the instance that is exported.
    fn is_used(&'static self) -> bool;

    /// The type of the set.
    fn set_type(&self) -> TypeId;
}

/// The instruments of every linked set, except those whose names the program uses otherwise.
pub(crate) fn instruments() -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
    let all = inventory::iter::<SetRegistration>().flat_map(|set| set.instance.instruments());
    all.copied().filter(|instrument| !is_displaced(instrument.descriptor()))
}

/// The set of this metric, if the set comes with the framework or with an instrumentation.
///
/// Such a set is linked in also where the program records in a set of its own, so its metrics are
/// exported once the set is used.
pub(crate) fn shipped_in(metric: &MetricDescriptor) -> Option<&'static dyn RegisteredSet> {
    let mut shipped = inventory::iter::<SetRegistration>().filter(|set| set.is_shipped());
    let set = shipped.find(|set| set.descriptors.iter().any(|other| is_same(other, metric)));
    set.map(|set| set.instance)
}

/// Metrics of instrumentations whose names the program uses for metrics of its own.
static DISPLACED: OnceLock<Vec<&'static MetricDescriptor>> = OnceLock::new();

/// Leaves these metrics out of everything that is exported. What is linked into a program does not
/// change, so the first call has all of them.
pub(crate) fn displace(metrics: &[&'static MetricDescriptor]) {
    DISPLACED.get_or_init(|| metrics.to_vec());
}

fn is_displaced(metric: &'static MetricDescriptor) -> bool {
    let displaced = DISPLACED.get().map_or(&[][..], Vec::as_slice);
    displaced.iter().any(|other| is_same(other, metric))
}

/// Whether both are one declaration.
fn is_same(a: &MetricDescriptor, b: &MetricDescriptor) -> bool {
    a.name == b.name && a.origin == b.origin
}

impl fmt::Debug for SetRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetRegistration").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{instruments::Counter, registry::MetricSet};

    /// Letters that
    /// are sorted.
    ///
    /// The second paragraph
    /// is not part of the help.
    #[derive(Debug, MetricSet)]
    #[metric_set(crate = "crate", prefix = "registration", runbook = "https://example.org/letters")]
    #[expect(dead_code, reason = "the registration is tested")]
    struct Letters {
        /// Letters sorted.
        letters_sorted_total: Counter,
    }

    #[derive(Debug, MetricSet)]
    #[metric_set(crate = "crate", prefix = "registration")]
    #[expect(dead_code, reason = "the registration is tested")]
    struct Parcels {
        /// Parcels sorted.
        parcels_sorted_total: Counter,
    }

    #[test]
    fn a_set_is_registered_with_its_help_and_runbook() {
        let registered = |name| {
            let mut sets = inventory::iter::<SetRegistration>();
            let set = sets.find(|set| set.name == name).expect("the set is linked in");
            (set.help, set.details, set.runbook)
        };
        let address = "https://example.org/letters";
        let details = "The second paragraph\nis not part of the help.";
        assert_eq!(registered("Letters"), ("Letters that are sorted.", details, Some(address)));
        assert_eq!(registered("Parcels"), ("", "", None));
    }
}
