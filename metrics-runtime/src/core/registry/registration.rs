use std::{fmt, sync::OnceLock};

use crate::core::{descriptor::MetricDescriptor, instruments::RegisteredInstrument};

/// The registration of a set at link time.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SetRegistration {
    /// The type's name.
    pub name: &'static str,
    /// The first paragraph of the type's doc comment, on one line; empty if there is none.
    pub help: &'static str,
    /// The address of the page that says what to do about alerts of the metrics.
    pub runbook: Option<&'static str>,
    /// The metrics of the set.
    pub descriptors: &'static [MetricDescriptor],
    /// Holds the set's one instance.
    pub instance: &'static dyn RegisteredSet,
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
        }
        Self { name, help: "", runbook: None, descriptors, instance: &NoInstance, roles }
    }

    /// Whether the set comes with an instrumentation: it records roles of its own crate.
    pub(crate) fn is_of_instrumentation(&self) -> bool {
        let (Some(roles), Some(metric)) = (self.roles, self.descriptors.first()) else {
            return false;
        };
        crate_of(roles()) == crate_of(metric.origin.module)
    }
}

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
}

/// The instruments of every linked set, except those whose names the program uses otherwise.
pub(crate) fn instruments() -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
    let all = inventory::iter::<SetRegistration>().flat_map(|set| set.instance.instruments());
    all.copied().filter(|instrument| !is_displaced(instrument.descriptor()))
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
    displaced.iter().any(|other| other.name == metric.name && other.origin == metric.origin)
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
    /// The second paragraph is not part of the help.
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
            (set.help, set.runbook)
        };
        let address = "https://example.org/letters";
        assert_eq!(registered("Letters"), ("Letters that are sorted.", Some(address)));
        assert_eq!(registered("Parcels"), ("", None));
    }
}
