use std::{collections::BTreeSet, sync::Mutex};

use osapi_metrics_rules::{InstrumentKind, families_clash};

use super::{
    declared::Declaration,
    format::Format,
    metadata::{TARGET, TARGET_INFO, header},
    source::Source,
};
use crate::core::sync::lock;

const LEFT_OUT: &str = "a metric is left out of the Prometheus exposition";
const NOT_ALONE: &str = "a declared metric shares its name in the Prometheus exposition";

/// All series of one rendered name, in any scope.
#[derive(Debug)]
pub(super) struct Family<R> {
    /// The name without the suffixes of its samples: a counter has no `_total` here.
    pub(super) name: String,
    pub(super) kind: InstrumentKind,
    /// The sources of the series, in the order in which later values replace earlier values.
    pub(super) sources: Vec<R>,
    /// The lines before the samples in each text format; empty until they are needed.
    headers: [String; 2],
    pub(super) unit: String,
    pub(super) help: String,
}

/// Sorts metrics that have values into families, in the order of their names.
///
/// An instrument of another library with the name of a declared metric is left out, unless its
/// labels show its scope, and type and unit are those of the metric: it would be added to that
/// metric, whatever it counts.
///
/// Other instruments of one rendered name and one Prometheus type share a family, in any scope.
/// Where types differ, or where a family has the name of another family's samples (`x_count` beside
/// a histogram `x`), the first instrument stays: for one name, the instrument of the first scope in
/// alphabetical order, behind a declared metric. All other instruments are left out and logged
/// once.
pub(super) fn families<R: Copy>(mut metrics: Vec<(R, &Source)>) -> Vec<Family<R>> {
    metrics.retain(|(_, metric)| metric.is_declared || has_free_name(metric));
    // Stable: instruments of one scope stay in the order of their creation.
    metrics.sort_by(|(_, a), (_, b)| {
        let (of_a, of_b) = (&a.identity.scope, &b.identity.scope);
        let key_of_a = (&a.family, !a.is_declared, &of_a.name, &of_a.version);
        key_of_a.cmp(&(&b.family, !b.is_declared, &of_b.name, &of_b.version))
    });
    let mut families = Vec::new();
    for same_name in metrics.chunk_by(|(_, a), (_, b)| a.family == b.family) {
        if let Some(family) = merge(same_name)
            && is_free(&family, &families)
        {
            families.push(family);
        }
    }
    families
}

impl<R> Family<R> {
    /// The lines before the samples.
    pub(super) fn header(&mut self, format: Format) -> &str {
        let written = &mut self.headers[format as usize];
        if written.is_empty() {
            *written = header(&self.name, self.kind, &self.unit, &self.help, format);
        }
        written
    }
}

/// The family of the instruments that render to one name.
fn merge<R: Copy>(metrics: &[(R, &Source)]) -> Option<Family<R>> {
    let &(_, first) = metrics.first()?;
    let mut family = Family {
        name: first.family.clone(),
        kind: first.identity.kind,
        sources: Vec::with_capacity(metrics.len()),
        headers: Default::default(),
        unit: String::new(),
        help: String::new(),
    };
    for &(source, metric) in metrics {
        let (own, other) = (&*metric.identity, &*first.identity);
        if own.kind.openmetrics_type() != other.kind.openmetrics_type() {
            warn_once(
                LEFT_OUT,
                &metric.family,
                &format!(
                    "`{}` of scope `{}` is a {}, but `{}` of scope `{}`, which renders to the same name, is a {}",
                    own.name, own.scope.name, own.kind, other.name, other.scope.name, other.kind,
                ),
            );
            continue;
        }
        if family.help.is_empty() {
            family.help.push_str(&own.help);
        }
        if family.unit.is_empty() {
            family.unit.push_str(metric.unit.as_str());
        }
        family.sources.push(source);
    }
    Some(family)
}

/// Whether no declared metric has the name of this one, which another library has created.
fn has_free_name(metric: &Source) -> bool {
    let Some(declaration) = Declaration::of_family(&metric.family) else { return true };
    let identity = &metric.identity;
    let is_apart = metric.scope.is_some() && declaration.agrees_with(identity, &metric.unit);
    let reason = format!(
        "`{}` of scope `{}` renders to the name of {declaration}",
        identity.name, identity.scope.name,
    );
    if is_apart {
        warn_once(
            NOT_ALONE,
            &metric.family,
            &format!("{reason}; a query without `otel_scope_name` reads both"),
        );
    } else {
        let remedy = "it would be added to that metric. Over OTLP both are exported, each in its \
                      scope; rename one of them";
        warn_once(LEFT_OUT, &metric.family, &format!("{reason}: {remedy}"));
    }
    is_apart
}

/// Whether no earlier family uses the name. A name sorts after its own prefixes, so the family
/// whose samples could have this name is among `families`.
fn is_free<R>(family: &Family<R>, families: &[Family<R>]) -> bool {
    let name = family.name.as_str();
    if name == TARGET || name == TARGET_INFO {
        warn_once(LEFT_OUT, name, "the name belongs to the attributes of the resource");
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
        warn_once(
            LEFT_OUT,
            name,
            &format!("the samples of the {} `{base}` use this name", other.kind),
        );
    }
    taken.is_none()
}

/// Logs something about a family, once in the life of the process.
fn warn_once(message: &'static str, family: &str, reason: &str) {
    static REPORTED: Mutex<BTreeSet<(&str, String)>> = Mutex::new(BTreeSet::new());
    if lock(&REPORTED).insert((message, family.to_owned())) {
        tracing::warn!(family, reason, "{message}");
    }
}
