//! The names of declared metrics, which no instrument of another library takes in a scrape.

use std::{collections::HashMap, fmt, sync::LazyLock};

use osapi_metrics_rules::prometheus_family;

use crate::core::{
    descriptor::MetricDescriptor, registry::SetRegistration, snapshot::MetricIdentity,
};

/// A declared metric, with the set that declares it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration {
    set: &'static SetRegistration,
    metric: &'static MetricDescriptor,
}

/// The metrics of all linked sets, by the rendered name without the suffixes of samples.
static DECLARED: LazyLock<HashMap<String, Vec<Declaration>>> = LazyLock::new(|| {
    let mut declared = HashMap::<_, Vec<_>>::new();
    for set in inventory::iter::<SetRegistration>() {
        for metric in set.descriptors {
            let family = prometheus_family(metric.name, metric.unit, metric.kind);
            let family = declared.entry(family.as_str().to_owned()).or_default();
            family.push(Declaration { set, metric });
        }
    }
    declared
});

impl Declaration {
    /// The declaration of a family that belongs to a set of the program. A set that comes with an
    /// instrumentation has no names before the program uses it.
    pub(super) fn of_family(family: &str) -> Option<Self> {
        let mut declared = DECLARED.get(family)?.iter();
        declared.find(|declaration| declaration.set.is_in_use()).copied()
    }

    /// Whether the metric of a family is a declared one, and not of another library.
    pub(super) fn is_of(family: &str, identity: &MetricIdentity) -> bool {
        let is_it = |declaration: &Declaration| {
            let (metric, scope) = (declaration.metric, &identity.scope);
            metric.name == identity.name
                && metric.origin.package == scope.name
                && scope.version.as_deref() == Some(metric.origin.version)
        };
        DECLARED.get(family).is_some_and(|declared| declared.iter().any(is_it))
    }
}

/// The metric, its set, and the place of its declaration.
impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, metric } = self;
        let (metric, place) = (metric.name, metric.declaration());
        write!(f, "`{metric}` of the set `{}`, declared at {place}", set.name)
    }
}
