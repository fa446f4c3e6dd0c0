use std::fmt;

use super::SetConflict;
use crate::core::descriptor::MetricDescriptor;

/// An old name, from `renamed_from`, that stands for two metrics: it is also the name of another
/// metric, or another metric is renamed from it too.
///
/// A query for the old name would read both.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RenameConflict {
    /// The metric that is renamed.
    pub renamed: &'static MetricDescriptor,
    /// The metric that has the old name, or is renamed from it too.
    pub other: &'static MetricDescriptor,
}

/// All conflicts of old names among metrics that are sorted by name and source location.
pub(super) fn find(
    metrics: &[&'static MetricDescriptor],
    sets: &[SetConflict],
) -> Vec<RenameConflict> {
    let mut conflicts: Vec<RenameConflict> = Vec::new();
    for (position, renamed) in metrics.iter().copied().enumerate() {
        if renamed.renamed_from.is_none() {
            continue;
        }
        let others = metrics.iter().copied().enumerate();
        let others = others.filter(|(_, other)| {
            !is_one_metric(renamed, other)
                && !sets.iter().any(|set| set.explains(&renamed.origin, &other.origin))
        });
        // Two metrics that claim a name are one conflict, which the first one reports.
        conflicts.extend(
            others
                .filter(|(other_position, other)| {
                    is_renamed_from(renamed, other)
                        || (position < *other_position && come_from_one_name(renamed, other))
                })
                .map(|(_, other)| RenameConflict { renamed, other }),
        );
    }
    // Crates that declare a metric alike would repeat its conflict.
    conflicts
        .dedup_by(|a, b| is_one_metric(a.renamed, b.renamed) && is_one_metric(a.other, b.other));
    conflicts
}

/// Whether the old name of a metric is the name of another metric.
pub(super) fn is_renamed_from(renamed: &MetricDescriptor, other: &MetricDescriptor) -> bool {
    renamed.known_old_name().is_some_and(|old| old.is_same(&other.known_name()))
}

fn come_from_one_name(a: &MetricDescriptor, b: &MetricDescriptor) -> bool {
    let (Some(a), Some(b)) = (a.known_old_name(), b.known_old_name()) else { return false };
    a.is_same(&b)
}

/// Whether two declarations are declarations of one metric, as crates may share it.
fn is_one_metric(a: &MetricDescriptor, b: &MetricDescriptor) -> bool {
    a.prometheus_name() == b.prometheus_name()
}

impl fmt::Display for RenameConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { renamed, other } = self;
        let old = renamed.renamed_from.unwrap_or_default();
        write!(f, "`{}` at {} is renamed from `{old}`, ", renamed.name, renamed.origin)?;
        if is_renamed_from(renamed, other) {
            write!(
                f,
                "which is declared at {}; remove `renamed_from`, or rename the other metric",
                other.origin
            )
        } else {
            write!(
                f,
                "and so is `{}` at {}; keep `renamed_from` on one of them",
                other.name, other.origin
            )
        }
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

    const fn declared(
        name: &'static str,
        old: Option<&'static str>,
        package: &'static str,
        line: u32,
    ) -> MetricDescriptor {
        let metric = MetricDescriptor::new(name, InstrumentKind::Gauge, ValueType::F64)
            .with_origin(Origin::new(package, "1.0.0", package, "src/lib.rs", line));
        match old {
            Some(old) => metric.with_renamed_from(old),
            None => metric,
        }
    }

    fn conflicts(metrics: Vec<MetricDescriptor>) -> Vec<String> {
        gathered(metrics, None).1
    }

    fn gathered(
        metrics: Vec<MetricDescriptor>,
        roles: Option<fn() -> &'static str>,
    ) -> (Vec<&'static str>, Vec<String>) {
        let set = SetRegistration::of_descriptors("Set", metrics.leak(), roles);
        match Catalogue::gather(&[set], &[]) {
            Ok(catalogue) => (catalogue.iter().map(|metric| metric.name).collect(), Vec::new()),
            Err(conflicts) => {
                assert!(conflicts.metrics.is_empty());
                (Vec::new(), conflicts.renames.iter().map(ToString::to_string).collect())
            }
        }
    }

    #[test]
    fn an_old_name_is_no_metric_of_the_program() {
        let renamed = declared("x_items", Some("x.jobs"), "a", 3);
        assert_eq!(
            conflicts(vec![renamed, declared("x_jobs", None, "b", 8)]),
            ["`x_items` at src/lib.rs:3 is renamed from `x.jobs`, which is declared at \
              src/lib.rs:8; remove `renamed_from`, or rename the other metric"]
        );
    }

    #[test]
    fn two_metrics_do_not_come_from_one_name() {
        let renamed = declared("x_items", Some("x_jobs"), "a", 3);
        assert_eq!(
            conflicts(vec![declared("x_works", Some("x_jobs"), "b", 8), renamed]),
            ["`x_items` at src/lib.rs:3 is renamed from `x_jobs`, and so is `x_works` at \
              src/lib.rs:8; keep `renamed_from` on one of them"]
        );
    }

    #[test]
    fn two_metrics_that_exchange_their_names_are_two_conflicts() {
        let here = declared("x_items", Some("x_jobs"), "a", 3);
        let there = declared("x_jobs", Some("x_items"), "a", 4);
        assert_eq!(conflicts(vec![here, there]).len(), 2);
    }

    #[test]
    fn crates_that_share_a_metric_share_its_old_name() {
        let here = declared("x_items", Some("x_jobs"), "a", 3);
        let there = declared("x_items", Some("x_jobs"), "b", 8);
        assert_eq!(conflicts(vec![here, there]), [""; 0]);
        let taken = declared("x_jobs", None, "c", 9);
        assert_eq!(conflicts(vec![here, there, taken]).len(), 1);
    }

    #[test]
    fn a_metric_of_an_instrumentation_gives_way_to_the_metric_that_is_renamed_from_it() {
        let shipped = declared("x_jobs", None, "a", 3);
        let own = declared("x_items", Some("x_jobs"), "b", 8);
        let (names, found) = gathered(vec![shipped, own], Some(|| "a::roles::Roles"));
        assert_eq!((names, found), (vec!["x_items"], Vec::new()));
    }
}
