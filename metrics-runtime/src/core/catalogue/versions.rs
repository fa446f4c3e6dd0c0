use std::{collections::BTreeMap, fmt};

use crate::core::{descriptor::Origin, registry::SetRegistration};

/// A metric set that is linked in twice, from two versions of its package.
///
/// Each version would record its own values, and both would be exported as one metric.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SetConflict {
    /// The name of the set's type.
    pub name: &'static str,
    /// The source location of the first metric in one version.
    pub first: Origin,
    /// The source location of the first metric in the other version.
    pub second: Origin,
}

/// All sets of which two versions are linked in.
pub(super) fn find<'a>(sets: impl IntoIterator<Item = &'a SetRegistration>) -> Vec<SetConflict> {
    let mut known: BTreeMap<(&str, &str), Vec<Origin>> = BTreeMap::new();
    for set in sets {
        let Some(metric) = set.descriptors.first() else { continue };
        known.entry((metric.origin.package, set.name)).or_default().push(metric.origin);
    }
    let mut conflicts = Vec::new();
    for ((_, name), mut origins) in known {
        // Registrations arrive in any order.
        origins.sort_by_key(|origin| (origin.version, origin.file, origin.line));
        origins.dedup_by_key(|origin| origin.version);
        let pairs = origins.windows(2);
        conflicts.extend(pairs.map(|pair| SetConflict { name, first: pair[0], second: pair[1] }));
    }
    conflicts
}

impl SetConflict {
    /// Whether this conflict is also the reason for a difference between metrics of these source
    /// locations.
    pub(super) fn explains(&self, a: &Origin, b: &Origin) -> bool {
        let package = self.first.package;
        a.package == package && b.package == package && a.version != b.version
    }
}

impl fmt::Display for SetConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, first, second } = self;
        write!(
            f,
            "the set `{name}` is linked in from two versions of {}, {} at {first} and {} at \
             {second}; let the program depend on one of them, `cargo tree --duplicates` shows who \
             asks for which",
            first.package, first.version, second.version
        )
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::{
        catalogue::{Catalogue, Difference},
        descriptor::{MetricDescriptor, ValueType},
    };

    const fn declared(version: &'static str, line: u32) -> [MetricDescriptor; 1] {
        [MetricDescriptor::new("x_wait", InstrumentKind::Gauge, ValueType::F64)
            .with_origin(Origin::new("shop", version, "shop", "src/lib.rs", line))]
    }

    static OLD: [MetricDescriptor; 1] = declared("0.1.0", 3);
    static NEW: [MetricDescriptor; 1] = declared("0.2.0", 8);

    const fn set(name: &'static str, descriptors: &'static [MetricDescriptor]) -> SetRegistration {
        SetRegistration::of_descriptors(name, descriptors, None)
    }

    #[test]
    fn two_versions_of_a_set_are_one_conflict() {
        let conflicts =
            Catalogue::gather(&[set("Stock", &NEW), set("Stock", &OLD)], &[]).unwrap_err();
        assert_eq!(
            conflicts.to_string(),
            "the set `Stock` is linked in from two versions of shop, 0.1.0 at src/lib.rs:3 and 0.2.0 \
             at src/lib.rs:8; let the program depend on one of them, `cargo tree --duplicates` shows \
             who asks for which"
        );
    }

    #[test]
    fn a_metric_that_moved_to_another_set_conflicts_by_its_name() {
        let conflicts =
            Catalogue::gather(&[set("Stock", &NEW), set("Store", &OLD)], &[]).unwrap_err();
        assert!(conflicts.sets.is_empty());
        assert_eq!(conflicts.metrics[0].difference, Difference::Version);
        assert_eq!(
            conflicts.to_string(),
            "`x_wait` is declared at src/lib.rs:3 and at src/lib.rs:8, in two versions of shop, 0.1.0 \
             and 0.2.0; let the program depend on one of them"
        );
    }

    #[test]
    fn sets_of_one_name_in_two_packages_are_two() {
        static OTHER: [MetricDescriptor; 1] =
            [MetricDescriptor::new("y_wait", InstrumentKind::Gauge, ValueType::F64)
                .with_origin(Origin::new("other", "0.2.0", "other", "src/lib.rs", 3))];
        assert!(Catalogue::gather(&[set("Stock", &OLD), set("Stock", &OTHER)], &[]).is_ok());
    }
}
