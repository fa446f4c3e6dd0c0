//! The names of declared metrics, which no instrument of another library takes in a scrape without
//! showing that it is not theirs.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::LazyLock,
};

use osapi_metrics_rules::{UnitWord, prometheus_family, prometheus_unit};

use crate::core::{
    descriptor::MetricDescriptor,
    registry::SetRegistration,
    snapshot::{MetricIdentity, Scope},
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

/// The names and versions of the packages that declare metrics.
static PACKAGES: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
    let metrics = inventory::iter::<SetRegistration>().flat_map(|set| set.descriptors);
    metrics.map(|metric| (metric.origin.package, metric.origin.version)).collect()
});

/// Whether the scope is that of a package that declares metrics: of the sets, of what a view of the
/// user makes of them, and of the build.
pub(super) fn declares_sets(scope: &Scope) -> bool {
    let version = scope.version.as_deref();
    scope.name == env!("CARGO_PKG_NAME")
        || version.is_some_and(|version| PACKAGES.contains(&(&*scope.name, version)))
}

impl Declaration {
    /// The declaration of a family that belongs to a set of the program. A set that comes with an
    /// instrumentation has no names before the program uses it.
    pub(super) fn of_family(family: &str) -> Option<Self> {
        let mut declared = DECLARED.get(family)?.iter();
        declared.find(|declaration| declaration.set.is_in_use()).copied()
    }

    /// Whether the values of an instrument may be beside those of the metric: they have its type,
    /// and no other unit.
    pub(super) fn agrees_with(self, identity: &MetricIdentity, unit: &UnitWord) -> bool {
        let own = prometheus_unit(self.metric.name, self.metric.unit, self.metric.kind);
        let (own, unit) = (own.as_str(), unit.as_str());
        self.metric.kind.prometheus_type() == identity.kind.prometheus_type()
            && (own == unit || own.is_empty() || unit.is_empty())
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
