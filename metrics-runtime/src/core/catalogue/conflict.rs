use std::{collections::BTreeMap, fmt};

use super::{JobConflict, RenameConflict, SetConflict, renames::is_renamed_from};
use crate::core::descriptor::{ConstantLabel, MetricDescriptor};

/// The conflicts between declarations that are linked into the program, each with both source
/// locations.
///
/// The error of [`Catalogue::linked`](crate::Catalogue::linked), which `InstallError` carries too.
/// Its `Display` text has every conflict, joined by `; `.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct Conflicts {
    /// Conflicts between metrics.
    pub metrics: Vec<Conflict>,
    /// Conflicts between whole sets. The conflicts between their metrics that follow from them are
    /// left out.
    pub sets: Vec<SetConflict>,
    /// Conflicts of old names, from `renamed_from`.
    pub renames: Vec<RenameConflict>,
    /// Conflicts between handlers.
    pub jobs: Vec<JobConflict>,
}

/// Two declarations of one metric name that contradict each other.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Conflict {
    /// The declaration that comes first in the order of packages, files and lines.
    pub first: &'static MetricDescriptor,
    /// The other declaration.
    pub second: &'static MetricDescriptor,
    /// The property in which the two declarations differ.
    pub difference: Difference,
}

/// The property in which two declarations of one metric name differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The kind: counter, up-down counter, gauge, histogram, info or state set, and observable or
    /// not.
    Kind,
    /// The Rust type of the values.
    ValueType,
    /// The unit.
    Unit,
    /// The label keys or their values.
    Labels,
    /// The constant labels of the sets.
    ConstantLabels,
    /// The boundaries of the buckets.
    Buckets,
    /// No property: the metric is declared twice in one crate, where one set is enough.
    SameCrate,
    /// No property: two versions of one crate declare the metric.
    Version,
}

/// The metrics of instrumentations that share a name with a metric of another crate and differ from
/// it, or that a metric of another crate is renamed from, among metrics that are sorted by name and
/// source location.
///
/// An instrumentation is linked in with the names that it ships, also where the program records its
/// roles in a set of its own. The program's names come first.
pub(super) fn displaced(
    metrics: &[&'static MetricDescriptor],
    is_of_instrumentation: impl Fn(&'static MetricDescriptor) -> bool,
) -> Vec<&'static MetricDescriptor> {
    let shipped = metrics.iter().copied().filter(|metric| is_of_instrumentation(metric));
    let gives_way = |metric: &&'static MetricDescriptor| {
        metrics.iter().any(|other| {
            let differs =
                || family_name(other) == family_name(metric) && difference(metric, other).is_some();
            other.origin.package != metric.origin.package
                && (is_renamed_from(other, metric) || differs())
        })
    };
    shipped.filter(gives_way).collect()
}

/// All conflicts among metrics that are sorted by name and source location.
pub(super) fn find(metrics: &[&'static MetricDescriptor], sets: &[SetConflict]) -> Vec<Conflict> {
    let mut known: BTreeMap<&str, Vec<&'static MetricDescriptor>> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for second in metrics {
        let declared = known.entry(family_name(second)).or_default();
        // One conflict for each declaration is enough.
        conflicts.extend(declared.iter().find_map(|first| {
            if sets.iter().any(|set| set.explains(&first.origin, &second.origin)) {
                return None;
            }
            difference(first, second).map(|difference| Conflict { first, second, difference })
        }));
        declared.push(second);
    }
    conflicts
}

/// The name under which Prometheus keeps TYPE and HELP. `OpenMetrics` leaves `_total` and `_info`
/// out, so a counter `x_total` and a gauge `x` collide.
fn family_name(metric: &'static MetricDescriptor) -> &'static str {
    let name = metric.prometheus_name();
    name.strip_suffix(metric.kind.suffix()).unwrap_or(name)
}

fn difference(a: &MetricDescriptor, b: &MetricDescriptor) -> Option<Difference> {
    let same_buckets =
        || a.buckets.iter().map(|x| x.to_bits()).eq(b.buckets.iter().map(|x| x.to_bits()));
    if a.kind != b.kind || a.observable != b.observable {
        Some(Difference::Kind)
    } else if a.value_type != b.value_type {
        Some(Difference::ValueType)
    } else if a.unit != b.unit {
        Some(Difference::Unit)
    } else if a.labels != b.labels {
        Some(Difference::Labels)
    } else if a.constant_labels != b.constant_labels {
        Some(Difference::ConstantLabels)
    } else if !same_buckets() {
        Some(Difference::Buckets)
    } else if a.origin.package != b.origin.package {
        None
    } else if a.origin.version == b.origin.version {
        Some(Difference::SameCrate)
    } else {
        Some(Difference::Version)
    }
}

impl Conflicts {
    pub(super) fn is_empty(&self) -> bool {
        let Self { metrics, sets, renames, jobs } = self;
        metrics.is_empty() && sets.is_empty() && renames.is_empty() && jobs.is_empty()
    }
}

impl fmt::Display for Conflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = self.metrics.iter().map(ToString::to_string);
        let sets = self.sets.iter().map(ToString::to_string);
        let renames = self.renames.iter().map(ToString::to_string);
        let jobs = self.jobs.iter().map(ToString::to_string);
        let all = sets.chain(metrics).chain(renames).chain(jobs);
        f.write_str(&all.collect::<Vec<_>>().join("; "))
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, difference } = self;
        write!(
            f,
            "`{}` is declared at {} and at {}, ",
            second.prometheus_name(),
            first.origin,
            second.origin
        )?;
        match difference {
            Difference::Kind => {
                write!(f, "as {} and as {}", described_kind(first), described_kind(second))
            }
            Difference::ValueType => {
                write!(f, "with {} and with {} values", first.value_type, second.value_type)
            }
            Difference::Unit => {
                let unit = |metric: &MetricDescriptor| metric.unit.unwrap_or("none");
                write!(f, "with the units {} and {}", unit(first), unit(second))
            }
            Difference::Labels => {
                write!(f, "with the labels {} and {}", Labels(first), Labels(second))
            }
            Difference::ConstantLabels => write!(
                f,
                "with the constant labels {} and {}; a name has one declaration: give the metric \
                 a label, or one set a `scope` for both",
                Constants(first.constant_labels),
                Constants(second.constant_labels)
            ),
            Difference::Buckets => {
                write!(f, "with the buckets {:?} and {:?}", first.buckets, second.buckets)
            }
            Difference::SameCrate => write!(
                f,
                "twice in the crate {}; declare it once and share the set",
                first.origin.package
            ),
            Difference::Version => write!(
                f,
                "in two versions of {}, {} and {}; let the program depend on one of them",
                first.origin.package, first.origin.version, second.origin.version
            ),
        }
    }
}

fn described_kind(metric: &MetricDescriptor) -> String {
    let observable = if metric.observable { "observable " } else { "" };
    format!("{observable}{}", metric.kind.as_str())
}

/// The constant labels of a set, as a message shows them.
struct Constants(&'static [ConstantLabel]);

impl fmt::Display for Constants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, ConstantLabel { key, value, .. }) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{key}={value:?}")?;
        }
        f.write_str("}")
    }
}

struct Labels<'a>(&'a MetricDescriptor);

impl fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::core::descriptor::LabelValues;
        f.write_str("{")?;
        for (i, label) in self.0.labels.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{}", label.key)?;
            match label.values {
                LabelValues::Closed(values) => write!(f, "={}", values.join("|"))?,
                LabelValues::Bool => write!(f, "=false|true")?,
                LabelValues::Open { max } => write!(f, " (at most {max})")?,
                LabelValues::Recent { max } => write!(f, " (the {max} most recent)")?,
            }
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::{
        catalogue::Catalogue,
        descriptor::{Origin, ValueType},
        registry::SetRegistration,
    };

    const fn declared(package: &'static str, line: u32) -> MetricDescriptor {
        MetricDescriptor::new("x_wait", InstrumentKind::Gauge, ValueType::F64)
            .with_origin(Origin::new(package, "1.0.0", package, "src/lib.rs", line))
    }

    fn gather(sets: &[&'static [MetricDescriptor]]) -> Result<Catalogue, Vec<Conflict>> {
        gather_with_roles(sets, None)
    }

    /// Gathers sets that all record these roles.
    fn gather_with_roles(
        sets: &[&'static [MetricDescriptor]],
        roles: Option<fn() -> &'static str>,
    ) -> Result<Catalogue, Vec<Conflict>> {
        let sets: Vec<_> = sets
            .iter()
            .map(|descriptors| SetRegistration::of_descriptors("Set", descriptors, roles))
            .collect();
        Catalogue::gather(&sets, &[]).map_err(|found| found.metrics)
    }

    #[test]
    fn a_metric_of_an_instrumentation_gives_way_to_one_of_another_crate() {
        static SHIPPED: [MetricDescriptor; 1] = [declared("a", 3).with_unit("{job}")];
        static OWN: [MetricDescriptor; 1] = [declared("b", 8).with_unit("{item}")];
        static EQUAL: [MetricDescriptor; 1] = [declared("c", 8).with_unit("{job}")];
        let roles: Option<fn() -> &'static str> = Some(|| "a::roles::Roles");
        let units = |sets: &[&'static [MetricDescriptor]]| -> Vec<_> {
            let catalogue = gather_with_roles(sets, roles).expect("no conflict");
            catalogue.iter().map(|metric| metric.unit.unwrap_or_default()).collect()
        };
        assert_eq!(units(&[&SHIPPED, &OWN]), ["{item}"]);
        assert_eq!(units(&[&SHIPPED, &EQUAL]), ["{job}", "{job}"]);
        // Two crates that are not that of the roles.
        assert_eq!(gather_with_roles(&[&OWN, &EQUAL], roles).map(|_| ()).unwrap_err().len(), 1);
    }

    #[test]
    fn equal_declarations_in_two_crates_are_one_metric() {
        static A: [MetricDescriptor; 1] = [declared("a", 3)];
        static B: [MetricDescriptor; 1] = [declared("b", 8)];
        assert_eq!(gather(&[&A, &B]).map_err(|c| c.len()).map(|c| c.len()), Ok(2));
    }

    #[test]
    fn a_different_unit_names_both_places() {
        static A: [MetricDescriptor; 1] = [declared("a", 3).with_unit("{job}")];
        static B: [MetricDescriptor; 1] = [declared("b", 8).with_unit("{item}")];
        let conflicts = gather(&[&B, &A]).map(|_| ()).unwrap_err();
        assert_eq!(
            conflicts[0].to_string(),
            "`x_wait` is declared at src/lib.rs:3 and at src/lib.rs:8, with the units {job} and {item}"
        );
    }

    #[test]
    fn other_constant_labels_make_no_other_metric() {
        const BATCH: &[ConstantLabel] = &[ConstantLabel::new("tier", "batch")];
        const WEB: &[ConstantLabel] =
            &[ConstantLabel::new("tier", "web"), ConstantLabel::new("zone", "\"a\"")];
        static A: [MetricDescriptor; 1] = [declared("a", 3).with_constant_labels(BATCH)];
        static B: [MetricDescriptor; 1] = [declared("a", 8).with_constant_labels(WEB)];
        let conflicts = gather(&[&B, &A]).map(|_| ()).unwrap_err();
        assert_eq!(
            conflicts[0].to_string(),
            "`x_wait` is declared at src/lib.rs:3 and at src/lib.rs:8, with the constant labels \
             {tier=\"batch\"} and {tier=\"web\", zone=\"\\\"a\\\"\"}; a name has one declaration: \
             give the metric a label, or one set a `scope` for both"
        );
    }

    #[test]
    fn one_crate_declares_a_metric_once() {
        static A: [MetricDescriptor; 2] = [declared("a", 3), declared("a", 9)];
        let conflicts = gather(&[&A]).map(|_| ()).unwrap_err();
        assert_eq!(conflicts[0].difference, Difference::SameCrate);
    }

    #[test]
    fn the_third_declaration_is_compared_with_both() {
        static A: [MetricDescriptor; 1] = [declared("a", 3)];
        static B: [MetricDescriptor; 2] = [declared("b", 8), declared("b", 9)];
        let conflicts = gather(&[&A, &B]).map(|_| ()).unwrap_err();
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].difference, Difference::SameCrate);
    }

    #[test]
    fn a_counter_collides_with_a_gauge_of_its_family_name() {
        static A: [MetricDescriptor; 2] = [
            declared("a", 3),
            MetricDescriptor::new("x_wait_total", InstrumentKind::Counter, ValueType::U64),
        ];
        let conflicts = gather(&[&A]).map(|_| ()).unwrap_err();
        assert_eq!(conflicts[0].difference, Difference::Kind);
    }
}
