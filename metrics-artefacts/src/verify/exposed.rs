use std::collections::BTreeMap;

use super::invalid::InvalidSamples;
use crate::exposition::{FamilyType, MAX_NAMES};

/// The label of the series that has what is beyond a limit.
pub(super) const OVERFLOW: &str = "otel_metric_overflow";

/// What a source shows, by the names of samples.
#[derive(Debug, Default)]
pub(super) struct Exposed {
    /// The address.
    pub(super) origin: String,
    /// Whether a Prometheus shows it, which adds labels of its own.
    pub(super) is_stored: bool,
    pub(super) families: BTreeMap<String, Metadata>,
    pub(super) samples: BTreeMap<String, Samples>,
    pub(super) invalid: InvalidSamples,
}

/// What is said about a family. A Prometheus has several answers if its targets differ.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) line: Option<usize>,
    pub(super) kinds: Vec<FamilyType>,
    pub(super) units: Vec<String>,
    pub(super) helps: Vec<String>,
}

/// All samples of one name.
#[derive(Debug, Default)]
pub(super) struct Samples {
    /// The line of the first one.
    pub(super) line: Option<usize>,
    pub(super) series: usize,
    /// Whether a value is not 0.
    pub(super) is_recorded: bool,
    /// For each label, its values and whether a sample with the value is not 0.
    pub(super) labels: BTreeMap<String, BTreeMap<String, bool>>,
}

/// There are more than [`MAX_NAMES`] names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyNames;

impl Exposed {
    pub(super) fn new(origin: &str, is_stored: bool) -> Self {
        Self { origin: origin.to_owned(), is_stored, ..Self::default() }
    }

    pub(super) fn family(&mut self, name: &str) -> Result<&mut Metadata, TooManyNames> {
        limited(&mut self.families, name)
    }

    /// Adds a sample. A label without a value is none.
    pub(super) fn add<'a>(
        &mut self,
        name: &str,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        value: f64,
        line: Option<usize>,
    ) -> Result<(), TooManyNames> {
        let samples = limited(&mut self.samples, name)?;
        samples.line = samples.line.or(line);
        samples.series += 1;
        let is_recorded = value != 0.0;
        samples.is_recorded |= is_recorded;
        for (key, value) in labels.filter(|(_, value)| !value.is_empty()) {
            *of(of(&mut samples.labels, key), value) |= is_recorded;
        }
        Ok(())
    }

    /// The family that samples of this name belong to.
    pub(super) fn family_of<'a>(&self, name: &'a str) -> &'a str {
        const SUFFIXES: [&str; 8] =
            ["_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum"];
        if self.families.contains_key(name) {
            return name;
        }
        let families = SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix));
        families.into_iter().find(|name| self.families.contains_key(*name)).unwrap_or(name)
    }
}

/// The value of a key, which is new if there is room for it.
fn limited<'a, T: Default>(
    map: &'a mut BTreeMap<String, T>,
    key: &str,
) -> Result<&'a mut T, TooManyNames> {
    if map.len() >= MAX_NAMES && !map.contains_key(key) {
        return Err(TooManyNames);
    }
    Ok(of(map, key))
}

/// The value of a key, which becomes a text of its own only if it is new.
fn of<'a, T: Default>(map: &'a mut BTreeMap<String, T>, key: &str) -> &'a mut T {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), T::default());
    }
    map.get_mut(key).expect("the key was inserted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_belong_to_the_family_that_is_announced() {
        let mut exposed = Exposed::new("a", false);
        for family in ["wait_seconds", "orders", "item_count"] {
            exposed.family(family).unwrap();
        }
        for (name, family) in [
            ("wait_seconds_bucket", "wait_seconds"),
            ("orders_total", "orders"),
            ("orders_created", "orders"),
            ("item_count", "item_count"),
            ("guests_count", "guests_count"),
        ] {
            assert_eq!(exposed.family_of(name), family);
        }
    }

    #[test]
    fn names_have_a_limit_and_known_names_go_on() {
        let mut exposed = Exposed::new("a", false);
        for nth in 0..MAX_NAMES {
            exposed.add(&format!("a{nth}"), [].into_iter(), 0.0, Some(nth)).unwrap();
        }
        assert_eq!(exposed.add("b", [].into_iter(), 1.0, None), Err(TooManyNames));
        exposed.add("a7", [("x", "1"), ("y", "")].into_iter(), 1.0, Some(9)).unwrap();
        let samples = &exposed.samples["a7"];
        assert_eq!((samples.line, samples.series, samples.is_recorded), (Some(7), 2, true));
        assert_eq!(samples.labels.len(), 1);
    }
}
