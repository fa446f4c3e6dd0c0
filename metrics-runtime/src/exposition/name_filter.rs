use std::sync::Arc;

use osapi_metrics_rules::{InstrumentKind, sample_suffixes};

/// The families that a scrape asks for by name: all of them, or those that one of some names
/// belongs to.
///
/// A name is that of a family in either format, or of one of its samples: `jobs` and `jobs_total`
/// for a counter, `wait_seconds` and `wait_seconds_bucket` for a histogram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameFilter {
    /// Sorted, each name once. Absent if every family is asked for.
    names: Option<Arc<[Box<str>]>>,
}

impl NameFilter {
    /// Every family.
    pub(crate) const ALL: Self = Self { names: None };

    pub(crate) fn of(names: impl Iterator<Item = String>) -> Self {
        let mut names: Vec<_> = names.map(String::into_boxed_str).collect();
        names.sort_unstable();
        names.dedup();
        Self { names: Some(names.into()) }
    }

    pub(super) fn is_all(&self) -> bool {
        self.names.is_none()
    }

    /// Whether a name is that of the family, or of one of its samples.
    pub(super) fn has_family(&self, family: &str, kind: InstrumentKind) -> bool {
        self.has(family, sample_suffixes(kind))
    }

    /// Whether a name is this one, with one of the suffixes.
    pub(super) fn has(&self, name: &str, suffixes: &[&str]) -> bool {
        let Some(names) = &self.names else { return true };
        let from = names.partition_point(|other| &**other < name);
        let mut rest = names[from..].iter().map_while(|other| other.strip_prefix(name));
        rest.any(|suffix| suffixes.contains(&suffix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(names: &[&str]) -> NameFilter {
        NameFilter::of(names.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn a_name_is_that_of_a_family_or_of_a_sample() {
        use InstrumentKind::{Counter, Gauge, Histogram};

        for (name, kind, is_shown) in [
            ("x", Counter, true),
            ("x_total", Counter, true),
            ("x_created", Counter, true),
            ("x_bucket", Counter, false),
            ("x", Histogram, true),
            ("x_bucket", Histogram, true),
            ("x_sum", Histogram, true),
            ("x_count", Histogram, true),
            ("x_total", Histogram, false),
            ("x", Gauge, true),
            ("x_total", Gauge, false),
            ("xx", Gauge, false),
            ("", Gauge, false),
        ] {
            // Beside names that are sorted before it, between them and after it.
            for names in [&[name][..], &["w", name, "x_a", "xx_total", "y", name]] {
                assert_eq!(filter(names).has_family("x", kind), is_shown, "{names:?} {kind}");
            }
        }
        assert!(NameFilter::ALL.has_family("x", Gauge));
        assert!(!filter(&[]).has_family("x", Gauge));
    }

    #[test]
    fn the_order_of_the_names_and_their_number_do_not_matter() {
        assert_eq!(filter(&["b", "a", "b"]), filter(&["a", "b"]));
        assert_ne!(filter(&["a"]), filter(&["b"]));
        assert_ne!(filter(&[]), NameFilter::ALL);
    }
}
