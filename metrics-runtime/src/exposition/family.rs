use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use opentelemetry_sdk::metrics::data::{Metric, ResourceMetrics};
use osapi_metrics_rules::{
    InstrumentKind, UnitWord, families_clash, prometheus_family, prometheus_unit,
};

use super::series::{self, Series};

/// All series of one rendered name, from whatever scopes they came.
#[derive(Debug)]
pub(super) struct Family<'a> {
    /// The name without the suffixes of its samples: counters have no `_total` here.
    pub(super) name: String,
    pub(super) kind: InstrumentKind,
    /// The word of the unit, if it ends the name.
    pub(super) unit: UnitWord,
    pub(super) help: &'a str,
    /// In the order of their labels, each label set once.
    pub(super) series: Vec<Series>,
}

/// The family of the resource's attributes, and the name of its one sample.
pub(super) const TARGET: &str = "target";
pub(super) const TARGET_INFO: &str = "target_info";

/// Sorts what was collected into families, in the order of their names.
///
/// Instruments of one rendered name and one Prometheus type share a family, whatever scopes they are in. Where types
/// differ, or where a family has the name of another family's samples (`x_count` beside a histogram `x`), the first
/// stays: of one name that of the first scope in alphabetical order. The others are left out and logged once.
pub(super) fn families(metrics: &ResourceMetrics) -> Vec<Family<'_>> {
    let mut sources: Vec<Source<'_>> = metrics
        .scope_metrics()
        .flat_map(|scope| {
            let (name, version) = (scope.scope().name(), scope.scope().version());
            scope.metrics().map(move |metric| Source::new(name, version, metric))
        })
        .collect();
    // Stable: instruments of one scope stay in the order of their creation.
    sources.sort_by(|a, b| (&a.family, a.scope, a.version).cmp(&(&b.family, b.scope, b.version)));

    let mut families = Vec::new();
    for same_name in sources.chunk_by(|a, b| a.family == b.family) {
        if let Some(family) = merge(same_name)
            && is_free(&family, &families)
        {
            families.push(family);
        }
    }
    families
}

/// One instrument.
struct Source<'a> {
    family: String,
    scope: &'a str,
    version: Option<&'a str>,
    metric: &'a Metric,
    kind: InstrumentKind,
}

impl<'a> Source<'a> {
    fn new(scope: &'a str, version: Option<&'a str>, metric: &'a Metric) -> Self {
        let kind = series::kind_of(metric.data());
        let family = prometheus_family(metric.name(), unit(metric), kind);
        Self { family: family.as_str().to_owned(), scope, version, metric, kind }
    }
}

fn unit(metric: &Metric) -> Option<&str> {
    Some(metric.unit()).filter(|unit| !unit.is_empty())
}

/// One family out of the instruments that render to its name; `None` if nothing was measured.
fn merge<'a>(sources: &[Source<'a>]) -> Option<Family<'a>> {
    let first = sources.first()?;
    let mut family = Family {
        name: first.family.clone(),
        kind: first.kind,
        unit: prometheus_unit(first.metric.name(), unit(first.metric), first.kind),
        help: first.metric.description().trim(),
        series: Vec::new(),
    };
    for source in sources {
        if source.kind.prometheus_type() != first.kind.prometheus_type() {
            warn_once(
                &source.family,
                &format!(
                    "`{}` of scope `{}` is a {}, but `{}` of scope `{}`, which renders to the same name, is a {}",
                    source.metric.name(),
                    source.scope,
                    source.kind,
                    first.metric.name(),
                    first.scope,
                    first.kind,
                ),
            );
            continue;
        }
        if family.help.is_empty() {
            family.help = source.metric.description().trim();
        }
        if family.unit.is_empty() {
            family.unit = prometheus_unit(source.metric.name(), unit(source.metric), source.kind);
        }
        series::collect(source.metric.data(), &mut family.series);
    }
    series::merge(&mut family.series);
    Some(family).filter(|family| !family.series.is_empty())
}

/// Whether no family before this one uses its name. A name sorts after everything it begins with, so that the family
/// whose samples could have this name is among `families`.
fn is_free(family: &Family<'_>, families: &[Family<'_>]) -> bool {
    let name = family.name.as_str();
    if name == TARGET || name == TARGET_INFO {
        warn_once(name, "the name belongs to the attributes of the resource");
        return false;
    }
    let Some((base, _)) = name.rsplit_once('_') else {
        return true;
    };
    let taken = families
        .binary_search_by(|other| other.name.as_str().cmp(base))
        .ok()
        .map(|at| &families[at])
        .filter(|other| families_clash(&other.name, other.kind, name, family.kind));
    if let Some(other) = taken {
        warn_once(name, &format!("the samples of the {} `{base}` use this name", other.kind));
    }
    taken.is_none()
}

/// Logs what is left out of a scrape, once for each family in the life of the process.
fn warn_once(family: &str, reason: &str) {
    static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    if reported.insert(family.to_owned()) {
        tracing::warn!(family, reason, "a metric is left out of the Prometheus exposition");
    }
}
